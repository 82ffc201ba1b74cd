/** Where the parts of a data folder lie, for who looks at it without opening it. */
import { folderPaths, type FolderPaths } from '../store/folder.ts'

export const dataPaths = (folder: string): FolderPaths => folderPaths(folder)
