// Compiles the styles and copies the typeface beside them, into the folder that the service reads.
import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { join } from 'node:path'
import { compile } from 'sass'

const root = fileURLToPath(new URL('..', import.meta.url))
const built = join(root, 'src/convener/service/static/built')
const typeface = 'atkinson-hyperlegible-next'

await rm(built, { recursive: true, force: true })
await mkdir(join(built, 'fonts'), { recursive: true })

for (const script of ['latin', 'latin-ext']) {
  for (const weight of [400, 600, 700]) {
    const name = `${typeface}-${script}-${weight}-normal.woff2`
    await copyFile(
      join(root, 'node_modules/@fontsource', typeface, 'files', name),
      join(built, 'fonts', name)
    )
  }
}

const { css } = compile(join(root, 'frontend/convener.scss'), {
  loadPaths: [join(root, 'node_modules')],
  style: 'compressed',
  quietDeps: true
})
await writeFile(join(built, 'convener.css'), css)
