// What every page loads: htmx under our rules, and the small behaviours of forms, dialogs and keys.
import htmx from "htmx.org";
import { chosenAttach } from "./chosen";
import { dialogsAttach, menusAttach } from "./dialogs";
import { draftsAttach } from "./drafts";
import { emergencyAttach } from "./emergency";
import { fieldsAttach } from "./fields";
import { installAttach, shellKeep } from "./install";
import { findingAttach } from "./finding";
import { keysAttach } from "./keys";
import { photosAttach } from "./photos";
import { picksAttach } from "./picks";
import { quickAttach } from "./quick";
import { recordingsAttach } from "./recordings";
import { csrfToken, sendingAttach } from "./sending";
import { tabsAttach } from "./tabs";

Object.assign(htmx.config, {
  includeIndicatorStyles: false,
  allowEval: false,
  selfRequestsOnly: true,
  historyCacheSize: 0,
  // A refusal is an answer: it is shown where the server says (HX-Retarget).
  responseHandling: [
    { code: "204", swap: false },
    { code: "[23]..", swap: true },
    { code: "422", swap: true },
    { code: "[45]..", swap: true, error: true },
  ],
});

function attach(root: ParentNode): void {
  emergencyAttach(root);
  chosenAttach(root);
  draftsAttach(root);
  fieldsAttach(root);
  photosAttach(root);
  recordingsAttach(root);
  dialogsAttach(root);
  installAttach(root);
  tabsAttach(root);
}

document.addEventListener("htmx:configRequest", (event) => {
  const { parameters, headers } = (event as CustomEvent).detail as { parameters: Record<string, unknown>; headers: Record<string, string> };
  if (!parameters["csrfmiddlewaretoken"]) headers["X-CSRFToken"] = csrfToken();
});
document.addEventListener("htmx:load", (event) => attach(((event as CustomEvent).detail as { elt: HTMLElement }).elt));
document.addEventListener("linli:load", (event) => {
  const part = (event as CustomEvent).detail as HTMLElement;
  htmx.process(part);
  attach(part);
});

function start(): void {
  // htmx would wait for every other script; until it listens, a press would open a sheet that stays empty.
  htmx.process(document.body);
  attach(document);
  menusAttach();
  sendingAttach();
  findingAttach();
  keysAttach();
  quickAttach();
  picksAttach();
  shellKeep();
  document.querySelector<HTMLElement>("[data-focus]")?.focus();
}

if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
else start();
