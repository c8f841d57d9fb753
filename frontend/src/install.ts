// Linli on the phone's home screen: the shell is kept for when the line drops, and a button offers to install.
interface InstallPrompt extends Event {
  prompt(): Promise<unknown>;
}

let offered: InstallPrompt | null = null;

function showButtons(root: ParentNode): void {
  for (const button of root.querySelectorAll<HTMLElement>("[data-install]")) button.hidden = offered === null;
}

export function installAttach(root: ParentNode): void {
  showButtons(root);
  for (const button of root.querySelectorAll<HTMLElement>("[data-install]")) {
    button.addEventListener("click", () => {
      void offered?.prompt();
      offered = null;
      showButtons(document);
    });
  }
  for (const button of root.querySelectorAll<HTMLElement>("[data-reload]")) {
    button.addEventListener("click", () => window.location.reload());
  }
}

export function shellKeep(): void {
  window.addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    offered = event as InstallPrompt;
    showButtons(document);
  });
  // Some browsers offer it in private windows and then refuse; a page without it works as before.
  navigator.serviceWorker?.register("/sw.js").catch(() => undefined);
}
