"use strict";
(() => {
const LEVELS = ["debug", "info", "notice", "warning", "error", "fatal"];
const NODE_STATES = ["not started", "starting", "running", "paused", "dead", "stopped"];
const LINK_STATES = ["absent", "up", "never up", "lost", "cut by a fault", "undeclared"];
const MARKS = ["○", "◔", "", "‖", "✕", "■"];
// Of several nodes, which state one should know of first.
const URGENCY = [2, 3, 0, 4, 5, 1];
const ROW = 22;

const byId = id => document.getElementById(id);
const data = JSON.parse(byId("data").textContent);
const { names, links, symbols, routes, sections, changes, events, failure } = data;
const start = Date.parse(data.start || 0);
const nodeName = node => node < 0 ? "cluster" : names[node];
const indexOf = new Map(names.map((name, index) => [name, index]));

// The state of all panes.
let moment = failure;               // how many events have happened
// Where nothing has failed, it says what else that moment is.
const whenItFailed = byId("network-moment").textContent;
let selection = null;               // { label, nodes: Set, pairs: Set or null, symbol, route }
let shown = [];                     // the indices of the events that the filters show
const unfolded = new Set();         // the symbols whose members have lanes

// What became of nodes and links, as of `moment`.
const nodeStates = new Uint8Array(names.length), linkStates = new Uint8Array(links.length);
let applied = 0, appliedTo = -1;
function replay() {
  if (moment < appliedTo || appliedTo < 0) {
    nodeStates.fill(0);
    links.forEach((link, index) => { linkStates[index] = link[2] ? 2 : 0; });
    applied = 0;
  }
  for (; applied < changes.length && changes[applied][0] < moment; applied++) {
    const [, kind, index, state] = changes[applied];
    (kind ? linkStates : nodeStates)[index] = state;
  }
  appliedTo = moment;
}

// Time.
const seconds = micros => (micros / 1e6).toFixed(micros < 1e7 ? 4 : 3) + " s";
const timeAt = count => count > 0 ? events[count - 1][0] : 0;
const end = Math.max(1, data.end, events.length ? events[events.length - 1][0] : 0);

// The network.
const symbolElements = [...document.querySelectorAll("#graph .node")];
const routeElements = [...document.querySelectorAll("#graph .link")];
const routeOf = element => routes[element.dataset.route];
function drawNetwork() {
  for (const element of symbolElements) {
    const [label, nodes] = symbols[element.dataset.symbol];
    const counts = [0, 0, 0, 0, 0, 0];
    let worst = 2;
    for (const node of nodes) {
      const state = nodeStates[node];
      counts[state]++;
      if (URGENCY[state] > URGENCY[worst]) worst = state;
    }
    const isSelected = selection !== null && nodes.some(node => selection.nodes.has(node));
    const key = worst + (isSelected ? " selected" : "") + counts;
    if (element.dataset.key === key) continue;
    element.dataset.key = key;
    element.setAttribute("class", `node n${worst}${isSelected ? " selected" : ""}`);
    const states = counts.map((count, state) => [count, state]).filter(([count]) => count)
      .map(([count, state]) => nodes.length > 1 ? `${count} ${NODE_STATES[state]}` : NODE_STATES[state]).join(", ");
    const name = nodes.length > 1 ? label : names[nodes[0]];
    element.setAttribute("aria-label", `${name}: ${states}`);
    element.setAttribute("aria-pressed", isSelected);
    element.querySelector("title").textContent = `${name}: ${states}`;
    element.querySelector(".mark").textContent = MARKS[worst];
  }
  for (const element of routeElements) {
    const counts = [0, 0, 0, 0, 0, 0];
    let worst = 0;
    for (const link of routeOf(element)) {
      counts[linkStates[link]]++;
      worst = Math.max(worst, linkStates[link]);
    }
    const isSelected = selection !== null && selection.route === element.dataset.route;
    const key = worst + (isSelected ? " selected" : "") + counts;
    if (element.dataset.key === key) continue;
    element.dataset.key = key;
    element.setAttribute("class", `link l${worst}${isSelected ? " selected" : ""}`);
    const states = counts.map((count, state) => [count, state]).filter(([count]) => count)
      .map(([count, state]) => routeOf(element).length > 1 ? `${count} ${LINK_STATES[state]}` : LINK_STATES[state]).join(", ");
    element.setAttribute("aria-label", `link ${element.dataset.name}: ${states}`);
    element.setAttribute("aria-pressed", isSelected);
    element.querySelector("title").textContent = `${element.dataset.name}: ${states}`;
  }
  const count = (states, state) => states.reduce((sum, each) => sum + (each === state), 0);
  for (const item of document.querySelectorAll("#legend li")) {
    const { nodeState, linkState } = item.dataset;
    const number = nodeState ? count(nodeStates, +nodeState) : count(linkStates, +linkState);
    item.querySelector("b").textContent = number;
    item.hidden = number === 0;
  }
  byId("network-moment").textContent = moment === failure ? whenItFailed : `at ${seconds(timeAt(moment))}`;
}

// The scrubber.
const slider = byId("moment");
slider.max = events.length;
function drawScrubber() {
  slider.value = moment;
  const wall = new Date(start + timeAt(moment) / 1000);
  const clock = isNaN(wall) ? "" : wall.toISOString().slice(11, 23);
  const text = `${moment} of ${events.length}  ${clock}  +${seconds(timeAt(moment))}`;
  byId("moment-text").textContent = text;
  slider.setAttribute("aria-valuetext", text);
  const event = events[moment - 1];
  let value = "";
  if (event) {
    try { value = event[5] === undefined ? "" : JSON.stringify(JSON.parse(event[5]), null, 2); } catch { value = event[5]; }
    value = `${nodeName(event[1])}  ${LEVELS[event[2]]}  ${sections[event[3]]} ${event[4]}\n${value}`;
  }
  byId("value").textContent = value;
}

// The lanes: each a node, or a group that can be unfolded.
const lanesBox = byId("lanes"), lanesSpace = byId("lanes-space"), cursor = byId("cursor");
const namesWidth = () => byId("axis").offsetLeft - lanesBox.offsetLeft;
const ofNode = names.map(() => []), nodeChanges = names.map(() => []);
const faultBars = [];
events.forEach((event, index) => {
  if (event[1] >= 0) ofNode[event[1]].push(index);
  if (sections[event[3]] === "cluster.fault" && event[5]) {
    const { fault } = JSON.parse(event[5]);
    if (event[4] === "fault_in_force") faultBars.push({ fault, from: index, to: events.length });
    const bar = faultBars.findLast(bar => bar.fault === fault);
    if (event[4] === "fault_healed" && bar) bar.to = index;
  }
});
for (const [event, kind, index, state] of changes) if (!kind) nodeChanges[index].push([event, state]);
let lanes = [], drawnLanes = new Map();
function layLanes() {
  lanes = faultBars.map(bar => ({ name: bar.fault, nodes: [], bar }));
  symbols.forEach(([label, nodes], symbol) => {
    const isGroup = nodes.length > 1;
    lanes.push({ name: isGroup ? label : names[nodes[0]], nodes, symbol, isGroup });
    if (unfolded.has(symbol)) for (const node of nodes) lanes.push({ name: names[node], nodes: [node], isMember: true });
  });
  lanesSpace.style.height = lanes.length * ROW + "px";
  drawnLanes.forEach(row => row.remove());
  drawnLanes = new Map();
  drawLanes();
}
const even = byId("even");
const position = index => even.checked ? (index + 1) / (events.length + 1) : events[index] ? events[index][0] / end : 1;
const momentAt = share => {
  let low = 0, high = events.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (position(middle) <= share) low = middle + 1; else high = middle;
  }
  return low;
};
function drawLanes() {
  const first = Math.max(0, Math.floor(lanesBox.scrollTop / ROW) - 2);
  const last = Math.min(lanes.length, Math.ceil((lanesBox.scrollTop + lanesBox.clientHeight) / ROW) + 2);
  for (const [row, element] of drawnLanes) if (row < first || row >= last) { element.remove(); drawnLanes.delete(row); }
  for (let row = first; row < last; row++) if (!drawnLanes.has(row)) drawnLanes.set(row, laneElement(lanes[row], row));
  const left = namesWidth(), width = lanesSpace.clientWidth - left;
  cursor.style.height = lanes.length * ROW + "px";
  cursor.style.left = left + (moment ? position(moment - 1) : 0) * width - 1 + "px";
  for (const [row, element] of drawnLanes) {
    const { nodes } = lanes[row];
    const isSelected = selection !== null && nodes.length > 0 && nodes.some(node => selection.nodes.has(node));
    element.querySelector(".name").setAttribute("aria-pressed", isSelected);
  }
}
function laneElement(lane, row) {
  const element = document.createElement("div");
  element.className = lane.isMember ? "lane member" : "lane";
  element.style.top = row * ROW + "px";
  const label = document.createElement("div");
  label.className = "label";
  if (lane.isGroup) {
    const fold = document.createElement("button");
    fold.className = "fold";
    fold.type = "button";
    fold.textContent = unfolded.has(lane.symbol) ? "▾" : "▸";
    fold.setAttribute("aria-label", `the nodes of ${lane.name}`);
    fold.setAttribute("aria-expanded", unfolded.has(lane.symbol));
    fold.onclick = () => {
      unfolded.has(lane.symbol) ? unfolded.delete(lane.symbol) : unfolded.add(lane.symbol);
      layLanes();
      drawnLanes.get(row)?.querySelector(".fold").focus();
    };
    label.append(fold);
  }
  const name = document.createElement("button");
  name.className = "name";
  name.type = "button";
  name.textContent = name.title = lane.name;
  name.onclick = () => lane.bar ? filterSection("cluster.fault") : selectNodes(lane.name, lane.nodes);
  label.append(name);
  const canvas = document.createElement("canvas");
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", laneText(lane));
  canvas.onpointerdown = event => { canvas.setPointerCapture(event.pointerId); scrubOn(canvas, event); };
  canvas.onpointermove = event => { if (event.buttons) scrubOn(canvas, event); };
  element.append(label, canvas);
  lanesSpace.append(element);
  drawLane(canvas, lane);
  return element;
}
const scrubOn = (canvas, event) => {
  const box = canvas.getBoundingClientRect();
  setMoment(momentAt((event.clientX - box.left) / box.width));
};
function laneText(lane) {
  if (lane.bar) return `${lane.name}: from ${seconds(events[lane.bar.from][0])} to ${seconds((events[lane.bar.to] || [end])[0])}`;
  const count = lane.nodes.reduce((sum, node) => sum + ofNode[node].length, 0);
  const history = lane.nodes.length > 1 ? `${lane.nodes.length} nodes`
    : nodeChanges[lane.nodes[0]].map(([event, state]) => `${NODE_STATES[state]} at ${seconds((events[event] || [0])[0])}`).join(", ");
  return `${lane.name}: ${history}; ${count} events`;
}
let colours = {};
function readColours() {
  const style = getComputedStyle(document.documentElement);
  for (const name of ["n0", "n1", "n2", "n3", "n4", "n5", "l3", "l4", "tick", "bad", "line", "text"]) colours[name] = style.getPropertyValue("--" + name).trim();
}
function drawLane(canvas, lane) {
  const scale = window.devicePixelRatio || 1;
  const width = Math.max(1, canvas.clientWidth), height = 20;
  canvas.width = width * scale;
  canvas.height = height * scale;
  const pen = canvas.getContext("2d");
  pen.scale(scale, scale);
  if (lane.bar) {
    const left = position(lane.bar.from) * width, right = Math.max(left + 3, position(lane.bar.to) * width);
    pen.fillStyle = colours.l4;
    pen.globalAlpha = .45;
    pen.fillRect(left, 5, right - left, 10);
    pen.globalAlpha = 1;
    for (let x = left; x < right; x += 8) pen.fillRect(x, 5, 2, 10);
    return;
  }
  drawStates(pen, lane, width);
  // At most one tick per pixel, of the highest level there.
  const levels = new Int8Array(width + 1).fill(-1);
  for (const node of lane.nodes) for (const index of ofNode[node]) {
    const x = Math.min(width, Math.round(position(index) * width));
    levels[x] = Math.max(levels[x], events[index][2]);
  }
  levels.forEach((level, x) => {
    if (level < 0) return;
    pen.fillStyle = level >= 4 ? colours.bad : level === 3 ? colours.l3 : colours.tick;
    pen.globalAlpha = level >= 3 ? 1 : level === 0 ? .3 : .6;
    if (level >= 3) { pen.beginPath(); pen.moveTo(x - 4, 1); pen.lineTo(x + 4, 1); pen.lineTo(x, 9); pen.fill(); pen.fillRect(x - .75, 1, 1.5, 17); }
    else pen.fillRect(x, level === 0 ? 9 : 6, 1, level === 0 ? 6 : 9);
  });
  pen.globalAlpha = 1;
  pen.fillStyle = colours.bad;
  const x = failure ? position(failure - 1) * width : 0;
  for (let y = 0; y < height; y += 4) pen.fillRect(x, y, 1, 2);
}
// The states of the nodes of a lane as a bar, those of several stacked.
function drawStates(pen, lane, width) {
  const counts = [lane.nodes.length, 0, 0, 0, 0, 0], states = new Map();
  const all = [];
  for (const node of lane.nodes) for (const [event, state] of nodeChanges[node]) all.push([event, node, state]);
  if (lane.nodes.length > 1) all.sort((a, b) => a[0] - b[0]);
  let left = 0;
  const fill = right => {
    let y = 3;
    counts.forEach((count, state) => {
      if (!count) return;
      const part = 14 * count / lane.nodes.length;
      pen.fillStyle = colours["n" + state];
      pen.globalAlpha = state === 0 ? .12 : state === 4 ? .75 : state === 5 ? .25 : .4;
      pen.fillRect(left, y, right - left, part);
      if (state === 3 || state === 4) { // not by colour alone
        pen.globalAlpha = .9;
        for (let x = left + 3; x < right; x += 7) pen.fillRect(x, y + part / 2 - (state === 4 ? 1 : 3), state === 4 ? 4 : 1, state === 4 ? 1.5 : 6);
      }
      y += part;
    });
    left = right;
  };
  for (const [event, node, state] of all) {
    const right = position(event) * width;
    if (right - left >= .5) fill(right);
    counts[states.get(node) || 0]--;
    counts[state]++;
    states.set(node, state);
  }
  fill(width);
  pen.globalAlpha = 1;
}
function drawAxis() {
  const axis = byId("axis");
  axis.textContent = "";
  const step = axis.clientWidth < 400 ? 2 : 1;
  for (let part = 0; part <= 4; part += step) {
    const tick = document.createElement("span");
    tick.style.left = part * 25 + "%";
    if (part === 0) tick.style.transform = "none";
    if (part === 4) tick.style.transform = "translateX(-100%)";
    tick.textContent = even.checked ? `event ${Math.round(events.length * part / 4)}` : seconds(end * part / 4);
    axis.append(tick);
  }
}

// The log.
const log = byId("log"), logSpace = byId("log-space");
const byNode = byId("by-node"), bySection = byId("by-section"), byLevel = byId("by-level"), byText = byId("by-text");
const texts = [];
const textOf = index => texts[index] ??= (nodeName(events[index][1]) + " " + sections[events[index][3]] + " " + events[index][4] + " " + (events[index][5] || "")).toLowerCase();
const peerOf = value => {
  const found = value && /"peer":"((?:[^"\\]|\\.)*)"/.exec(value);
  return found ? indexOf.get(JSON.parse(`"${found[1]}"`)) : undefined;
};
function isSelectedEvent(event) {
  if (selection === null) return true;
  if (!selection.nodes.has(event[1])) return false;
  if (!selection.pairs) return true;
  const peer = peerOf(event[5]);
  return peer !== undefined && selection.pairs.has(event[1] * names.length + peer);
}
function filter() {
  const node = byNode.value.trim().toLowerCase(), section = bySection.value, level = +byLevel.value, text = byText.value.trim().toLowerCase();
  const nodesOfName = new Set(names.map((name, index) => [name.toLowerCase(), index])
    .filter(([name]) => name === node || name.startsWith(node + ".")).map(([, index]) => index));
  const isOfNode = index => !node || nodesOfName.has(index) || (nodesOfName.size === 0 && nodeName(index).toLowerCase().includes(node));
  const isOfSection = sections.map(name => !section || name === section || name.startsWith(section + "."));
  shown = [];
  for (let index = 0; index < events.length; index++) {
    const event = events[index];
    if (event[2] >= level && isOfSection[event[3]] && isOfNode(event[1]) && isSelectedEvent(event) && (!text || textOf(index).includes(text))) shown.push(index);
  }
  logSpace.style.height = shown.length * ROW + "px";
  byId("log-count").textContent = shown.length === events.length ? `${events.length}` : `${shown.length} of ${events.length}`;
  byId("selected").hidden = selection === null;
  byId("selected").textContent = selection === null ? "" : `${selection.label} ✕`;
  showMoment();
}
// The position of the last shown event before the moment.
function positionInLog() {
  let low = 0, high = shown.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (shown[middle] < moment) low = middle + 1; else high = middle;
  }
  return low - 1;
}
function showMoment() {
  const top = Math.max(0, positionInLog()) * ROW;
  if (top < log.scrollTop || top > log.scrollTop + log.clientHeight - 2 * ROW) log.scrollTop = top - log.clientHeight / 2;
  drawLog();
}
function part(className, text) {
  const element = document.createElement("span");
  element.className = className;
  element.textContent = text;
  return element;
}
function drawLog() {
  const first = Math.max(0, Math.floor(log.scrollTop / ROW) - 5);
  const last = Math.min(shown.length, Math.ceil((log.scrollTop + log.clientHeight) / ROW) + 5);
  const now = positionInLog();
  const rows = [];
  const sought = byText.value.trim().toLowerCase();
  for (let row = first; row < last; row++) {
    const index = shown[row];
    const [micros, node, level, section, name, value] = events[index];
    const element = document.createElement("div");
    element.className = `event v${level}${index >= moment ? " later" : ""}${row === now ? " now" : ""}`;
    element.style.top = row * ROW + "px";
    element.id = "event-" + index;
    element.dataset.index = index;
    element.setAttribute("role", "option");
    element.setAttribute("aria-selected", row === now);
    element.setAttribute("aria-posinset", row + 1);
    element.setAttribute("aria-setsize", shown.length);
    const rest = part("e", name + (value === undefined ? "" : " " + value.slice(0, 400)));
    if (sought) markText(rest, sought);
    element.append(part("t", "+" + seconds(micros)), part("n", nodeName(node)), part("l", LEVELS[level]), part("s", sections[section]), rest);
    rows.push(element);
  }
  logSpace.replaceChildren(...rows);
  if (now >= 0) log.setAttribute("aria-activedescendant", "event-" + shown[now]); else log.removeAttribute("aria-activedescendant");
}
function markText(element, sought) {
  const text = element.textContent, at = text.toLowerCase().indexOf(sought);
  if (at < 0) return;
  const mark = document.createElement("mark");
  mark.textContent = text.slice(at, at + sought.length);
  element.replaceChildren(text.slice(0, at), mark, text.slice(at + sought.length));
}

// What the panes have in common.
function setMoment(count) {
  moment = Math.min(events.length, Math.max(0, count));
  replay();
  drawNetwork();
  drawScrubber();
  drawLanes();
  showMoment();
}
function select(next) {
  selection = next;
  drawNetwork();
  drawLanes();
  filter();
}
function selectNodes(label, nodes) {
  const isSame = selection && !selection.pairs && selection.label === label;
  select(isSame ? null : { label, nodes: new Set(nodes), pairs: null });
}
function selectRoute(element) {
  const route = element.dataset.route;
  if (selection && selection.route === route) return select(null);
  const nodes = new Set(), pairs = new Set();
  for (const link of routes[route]) {
    const [a, b] = links[link];
    nodes.add(a).add(b);
    pairs.add(a * names.length + b).add(b * names.length + a);
  }
  select({ label: element.dataset.name, nodes, pairs, route });
}
function clear() {
  for (const input of [byNode, bySection, byText]) input.value = "";
  byLevel.value = "0";
  select(null);
}
function filterSection(section) {
  bySection.value = bySection.value === section ? "" : section;
  filter();
}

// Sections with their parents, as `p2p` of `p2p.dial`.
const withParents = new Set();
for (const section of sections) section.split(".").forEach((_, part, parts) => withParents.add(parts.slice(0, part + 1).join(".")));
[...withParents].sort().forEach(section => bySection.append(new Option(section, section)));
names.slice(0, 2000).forEach(name => byId("node-names").append(new Option(name)));

symbolElements.forEach((element, index) => {
  const [label, nodes] = symbols[element.dataset.symbol];
  const act = () => selectNodes(nodes.length > 1 ? label : names[nodes[0]], nodes);
  element.addEventListener("click", act);
  element.addEventListener("keydown", event => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (event.key === "Enter" || event.key === " ") { act(); event.preventDefault(); }
    else if (step) {
      const next = symbolElements[(index + step + symbolElements.length) % symbolElements.length];
      element.tabIndex = -1;
      next.tabIndex = 0;
      next.focus();
      event.preventDefault();
    }
  });
});
let focusable = null;
routeElements.forEach(element => {
  element.addEventListener("click", () => selectRoute(element));
  element.addEventListener("keydown", event => {
    if (event.key === "Enter" || event.key === " ") { selectRoute(element); event.preventDefault(); }
  });
  // The first one that is not as it should be can be reached by Tab, and so can all links of a small network.
  if (routeElements.length <= 60) element.tabIndex = 0;
  else focusable ??= element;
});
document.querySelectorAll(".pick").forEach(button => {
  button.type = "button";
  button.addEventListener("click", event => {
    event.preventDefault();
    const node = indexOf.get(button.dataset.node);
    if (node !== undefined) selectNodes(button.dataset.node, [node]);
  });
});

slider.addEventListener("input", () => setMoment(+slider.value));
byId("to-start").onclick = () => setMoment(0);
byId("back").onclick = () => setMoment(stepOf(-1));
byId("next").onclick = () => setMoment(stepOf(1));
byId("to-end").onclick = () => setMoment(events.length);
byId("to-failure").onclick = () => setMoment(failure);
// One step among the events that are shown.
function stepOf(step) {
  const now = positionInLog();
  const isOn = now >= 0 && shown[now] === moment - 1;
  const next = step > 0 ? now + 1 : isOn ? now - 1 : now;
  if (next < 0) return 0;
  return next < shown.length ? shown[next] + 1 : moment;
}

lanesBox.addEventListener("scroll", drawLanes);
even.addEventListener("change", () => { drawAxis(); layLanes(); });
log.addEventListener("scroll", drawLog);
log.addEventListener("click", event => {
  const row = event.target.closest(".event");
  if (row) setMoment(+row.dataset.index + 1);
});
log.addEventListener("keydown", event => {
  const page = Math.max(1, Math.floor(log.clientHeight / ROW) - 1);
  const step = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -Infinity, End: Infinity }[event.key];
  if (step === undefined || !shown.length) return;
  const row = Math.min(shown.length - 1, Math.max(0, positionInLog() + step));
  setMoment(shown[row] + 1);
  event.preventDefault();
});
for (const input of [byNode, bySection, byLevel, byText]) input.addEventListener("input", filter);
byId("filters").addEventListener("submit", event => event.preventDefault());
byId("clear").onclick = clear;
// A large network is drawn small, so that all of it is seen.
byId("actual").hidden = byId("graph").getScreenCTM().a > .75;
byId("actual").onclick = () => byId("actual").setAttribute("aria-pressed", byId("network").classList.toggle("actual"));
byId("selected").onclick = () => select(null);
byId("copy").onclick = () => {
  const range = document.createRange();
  range.selectNodeContents(byId("command"));
  getSelection().removeAllRanges();
  getSelection().addRange(range);
  document.execCommand("copy");
  byId("copy").textContent = "copied";
};
document.addEventListener("keydown", event => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape") return clear();
  if (event.target.matches("input:not([type=range]):not([type=checkbox]), select")) return;
  const act = { "[": () => setMoment(stepOf(-1)), "]": () => setMoment(stepOf(1)), f: () => setMoment(failure), "/": () => byText.focus() }[event.key];
  if (act) { act(); event.preventDefault(); }
});
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { readColours(); layLanes(); });
addEventListener("resize", layLanes);

document.documentElement.classList.add("scripted");
readColours();
drawAxis();
layLanes();
replay();
// The first lane of a dead node is in sight.
lanesBox.scrollTop = (lanes.findIndex(lane => lane.nodes.some(node => nodeStates[node] === 4)) - 4) * ROW;
drawNetwork();
drawScrubber();
filter();
drawLanes();
})();
