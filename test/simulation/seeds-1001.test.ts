import { playSeeds } from './seeds.ts'

playSeeds(1001, 2000)
