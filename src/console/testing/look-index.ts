// A page to leaf through pictures of pages: small ones in a table, one by one when they are opened. Arrows go from page to page, and from view to
// view.

export interface Picture {
  page: string;
  /** Theme, language and width. */
  view: string;
  file: string;
}

const STYLES = `
body { margin: 1rem; font: 0.9375rem sans-serif; color: #211d16; background: #faf7f0; }
table { border-collapse: collapse; }
th { text-align: left; padding: 0.25rem 0.75rem 0.25rem 0; }
td { padding: 0.25rem; vertical-align: top; }
td img { display: block; width: 10rem; height: 8rem; object-fit: cover; object-position: left top; border: 1px solid #8d8168; }
dialog { width: 96vw; max-width: none; height: 96vh; max-height: none; }
dialog img { display: block; max-width: 100%; margin: 0.5rem auto; border: 1px solid #8d8168; }
`;

/** Runs in the browser. */
function leaf(): void {
  const links = [...document.querySelectorAll('td')].map((cell) => cell.querySelector('a'));
  const dialog = document.querySelector('dialog')!;
  const [title, picture] = [dialog.querySelector('h2')!, dialog.querySelector('img')!];
  let at = 0;
  const show = (index: number) => {
    const link = links[index];
    if (!link) return;
    at = index;
    title.textContent = link.title;
    picture.src = link.href;
    picture.alt = link.title;
    dialog.scrollTop = 0;
    if (!dialog.open) dialog.showModal();
  };
  const row = document.querySelectorAll('tr:nth-child(2) td').length;
  const steps: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -row, ArrowDown: row };
  document.addEventListener('click', (event) => {
    const link = (event.target as Element).closest<HTMLAnchorElement>('td a');
    if (!link) return;
    event.preventDefault();
    show(links.indexOf(link));
  });
  dialog.addEventListener('keydown', (event) => {
    if (!(event.key in steps)) return;
    event.preventDefault();
    show(at + steps[event.key]!);
  });
}

/** The HTML of the page. The cell of a page in a view in which it was not seen is empty. */
export function pictureIndex(pictures: readonly Picture[]): string {
  const views = [...new Set(pictures.map(({ view }) => view))];
  const pages = [...new Set(pictures.map(({ page }) => page))];
  const cell = (page: string, view: string): string => {
    const found = pictures.find((one) => one.page === page && one.view === view);
    if (!found) return '<td></td>';
    const title = `${page}, ${view}`;
    return `<td><a href="${found.file}" title="${title}"><img src="${found.file}" loading="lazy" alt="${title}"></a></td>`;
  };
  const heads = views.map((view) => `<th scope="col">${view}</th>`).join('');
  const rows = pages.map(
    (page) => `<tr><th scope="row" id="${page}">${page}</th>${views.map((view) => cell(page, view)).join('')}</tr>`,
  );
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Pictures of the console</title>
<style>${STYLES}</style>
<h1>Pictures of the console</h1>
<p>${pages.length} pages in ${views.length} views. In an opened picture the arrows go on: left and right to the next view, up and down to the next page.</p>
<table>
<tr><th></th>${heads}</tr>
${rows.join('\n')}
</table>
<dialog aria-label="A picture"><form method="dialog"><button>Close</button></form><h2></h2><img src="" alt=""></dialog>
<script>(${leaf})()</script>
</html>
`;
}
