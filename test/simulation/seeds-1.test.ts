import { FAILED_ONCE, playSeeds } from './seeds.ts'

playSeeds(1, 1000, FAILED_ONCE)
