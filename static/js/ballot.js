// The running cost of the ballot, as boxes are ticked. The page says the same thing without this file, on « Recalculer ».
(() => {
  const form = document.querySelector('[data-ballot]');
  if (!form) return;
  const summary = form.querySelector('[data-ballot-summary]');
  const whole = new Intl.NumberFormat(document.documentElement.lang || 'fr', { maximumFractionDigits: 2 });
  const meter = form.querySelector('[data-ballot-meter]');
  const envelope = Number(form.dataset.envelope);

  function recount() {
    const ticked = [...form.querySelectorAll('input[data-price]:checked')];
    const cents = ticked.reduce((sum, box) => sum + Number(box.dataset.price), 0);
    const put = (name, text) => { summary.querySelector(`[data-ballot-${name}]`).textContent = text; };
    put('count', whole.format(ticked.length));
    put('cost', `${whole.format(cents / 100)}\u00a0€`);
    summary.querySelector('[data-ballot-over]').hidden = cents <= envelope;
    if (meter) meter.value = Math.min(cents, envelope);
  }

  form.addEventListener('change', recount);
  form.querySelectorAll('[data-ballot-recount]').forEach((item) => item.remove());
  recount();
})();
