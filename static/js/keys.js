// Keys of the curators' inbox. The page says which, and lets one switch them off (WCAG 2.1.4). Everything they do has its link or button.
(() => {
  const choice = document.getElementById('raccourcis-actifs');
  if (!choice) return;
  const KEPT = 'raccourcis';
  choice.checked = localStorage.getItem(KEPT) !== 'non';
  choice.addEventListener('change', () => localStorage.setItem(KEPT, choice.checked ? 'oui' : 'non'));

  const writing = (element) => element.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(element.tagName);

  document.addEventListener('keydown', (event) => {
    if (!choice.checked || event.ctrlKey || event.metaKey || event.altKey || writing(event.target)) return;
    const key = CSS.escape(event.key.toLowerCase());
    const pressed = document.querySelector(`[data-key="${key}"]`);
    const entered = document.querySelector(`[data-focus-key="${key}"]`);
    if (!pressed && !entered) return;
    event.preventDefault();
    pressed?.click();
    entered?.focus();
  });
})();
