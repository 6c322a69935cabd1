// Dark from the first paint when the reader's system asks for it; the design system's script, loaded later, takes over.
(() => {
  const root = document.documentElement;
  const dark = window.matchMedia('(prefers-color-scheme: dark)').matches;
  if (root.dataset.frScheme === 'dark' || (root.dataset.frScheme === 'system' && dark)) {
    root.setAttribute('data-fr-theme', 'dark');
  }
})();
