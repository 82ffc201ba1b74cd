import { FAILED_ONCE, playSeeds } from './seeds.ts'

playSeeds(1, 250, FAILED_ONCE)
