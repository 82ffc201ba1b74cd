import { playSeeds } from './seeds.ts'

playSeeds(251, 500)
