/* What the pages do beyond links and forms: a person on the map opens the panel, charts are drawn,
   a running simulation shows how far it is. */
(() => {
  "use strict";

  const byId = (id) => document.getElementById(id);

  /* The picture as something to act on: people are buttons, for a keyboard and a screen reader too. */
  const prepareMap = () => {
    const svg = document.querySelector("#map .diamond-map");
    if (!svg) return;
    svg.setAttribute("role", "group");
    for (const person of svg.querySelectorAll(".person")) {
      person.setAttribute("role", "button");
      person.setAttribute("aria-label", person.querySelector("title")?.textContent ?? "");
    }
  };

  const centreMap = () => {
    const map = byId("map");
    if (map) map.scrollLeft = (map.scrollWidth - map.clientWidth) / 2;
  };

  /* Whom the map leaves out: told with every later request for it. */
  const leaveOut = (person) => {
    const without = byId("without");
    without.disabled = person === null;
    without.value = person ?? "";
    byId("everybody-stays").hidden = person === null;
  };

  const ask = (person) => {
    const select = byId("person");
    if (!select || ![...select.options].some((one) => one.value === person)) return;
    select.value = person;
    select.form.requestSubmit();
    byId("what-if").scrollIntoView({ block: "start", behavior: "smooth" });
  };

  const personOf = (target) =>
    target.closest?.("[data-person]")?.dataset.person ?? target.closest?.("#map .person")?.dataset.id;

  document.addEventListener("click", (event) => {
    const person = personOf(event.target);
    if (person !== undefined) ask(person);
    if (event.target.id === "everybody-stays") {
      leaveOut(null);
      byId("map-tools").dispatchEvent(new Event("change"));
    }
    const reveal = event.target.closest?.("[data-reveal]");
    if (reveal) {
      byId(reveal.dataset.reveal).hidden = false;
      reveal.remove();
    }
  });

  document.addEventListener("submit", (event) => {
    const person = event.target.elements?.person;
    if (person) leaveOut(person.value);
  });

  document.addEventListener("keydown", (event) => {
    if ((event.key !== "Enter" && event.key !== " ") || !event.target.closest?.("#map .person")) return;
    event.preventDefault();
    ask(personOf(event.target));
  });

  /* Charts: the server sends the options, the choice of a measure picks one of them. */
  const draw = (figure) => {
    const options = JSON.parse(figure.dataset.charts);
    const place = figure.querySelector(".chart");
    const chart = echarts.getInstanceByDom(place) ?? echarts.init(place, null, { renderer: "svg" });
    const { option, unit } = options[figure.querySelector("select").value];
    option.baseOption.tooltip.valueFormatter = (value) => `${value.toLocaleString("en")}${unit}`;
    chart.setOption(option, { notMerge: true });
  };

  const prepareCharts = () => document.querySelectorAll("figure[data-charts]:not([data-drawn])").forEach((figure) => {
    figure.dataset.drawn = "";
    draw(figure);
    figure.querySelector("select").addEventListener("change", () => draw(figure));
    new ResizeObserver(() => echarts.getInstanceByDom(figure.querySelector(".chart"))?.resize())
      .observe(figure.querySelector(".chart"));
  });

  /* A running simulation: its events move the bar, its end brings the answer. */
  const follow = () => document.querySelectorAll("[data-events]:not([data-followed])").forEach((running) => {
    running.dataset.followed = "";
    const events = new EventSource(running.dataset.events);
    events.addEventListener("progress", (event) => {
      if (!running.isConnected) return events.close();
      const { stage, progress } = JSON.parse(event.data);
      running.querySelector("progress").value = progress;
      byId("stage").textContent = `${stage} …`;
    });
    events.addEventListener("end", () => {
      events.close();
      if (running.isConnected) htmx.ajax("GET", running.dataset.result, { target: running, swap: "outerHTML" });
    });
  });

  const prepare = () => { prepareMap(); prepareCharts(); follow(); };
  document.addEventListener("htmx:after:swap", prepare);
  document.addEventListener("DOMContentLoaded", () => { prepare(); centreMap(); });
})();
