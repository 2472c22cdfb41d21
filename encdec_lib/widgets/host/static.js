// Mounts the book widgets of a page, which needs neither kernel nor network. A classic script, put
// after every widget: it mounts each .bw-root that it has not mounted yet, so it may run any number
// of times. A figure is mounted when it comes near what can be seen; the others follow one after the
// other, when the page is there and has nothing else to do. Where a kernel runs, the figure and the kernel's model follow each other (live.js).
// A browser that saves a page saves what stands in it: the state stays beside the figure, so that
// the saved page mounts it again.
// All of it stands in a block, so that no name of it reaches the page.
{
  /** @typedef {(...values: any[]) => void} Listener */

  /**
   * @type {{
   *   bookWidgetModules?: Record<string, Promise<any>>,
   *   bookWidgets?: WeakSet<Element>,
   *   bookWhenNear: (element: Element, work: () => Promise<void>) => void,
   *   bookWidgetModels?: Map<string, any>,
   *   bookLazy?: Record<string, string>,
   * }}
   */
  const page = /** @type {any} */ (window);
  page.bookWidgetModules ??= {}; // hash of the source -> promise of the module
  page.bookWidgets ??= new WeakSet(); // the roots that are mounted, or will be
  page.bookLazy ??= {}; // name of a file of lazy bytes -> what it holds, once it has run
  const [modules, begun, files] = [page.bookWidgetModules, page.bookWidgets, page.bookLazy];
  /** @param {string} base64 */
  const bytesOf = (base64) => {
    const text = atob(base64);
    const bytes = new Uint8Array(text.length);
    for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
    return new DataView(bytes.buffer);
  };

  /**
   * Runs a file of lazy bytes: a script, as no page from disk may read another kind of file. It
   * stays in the page, so that a browser that saves the page saves it too.
   * @param {string} src
   */
  const run = (src) =>
    new Promise((done, refuse) => {
      const script = document.createElement("script");
      script.src = src;
      script.onload = done;
      script.onerror = () => {
        script.remove();
        refuse(new Error(`The file ${src} could not be loaded.`));
      };
      document.head.append(script);
    });

  /**
   * What a file of lazy bytes holds; the bytes are deflated in it.
   * @param {string} src
   */
  const fetched = async (src) => {
    const name = src.slice(src.lastIndexOf("/") + 1);
    if (!Object.hasOwn(files, name)) await run(src);
    const packed = new Blob([bytesOf(files[name])]).stream();
    const bytes = packed.pipeThrough(new DecompressionStream("deflate"));
    return new DataView(await new Response(bytes).arrayBuffer());
  };

  /**
   * Bytes in the state, or in a file beside the pages; one that failed is tried again.
   * @type {(lazy: {$b64?: string, src?: string}) => {load: () => Promise<DataView>}}
   */
  const lazily = ({ $b64, src }) => {
    /** @type {Promise<DataView> | null} */
    let begun = null;
    const load = async () => (src === undefined ? bytesOf($b64 ?? "") : fetched(src));
    return {
      load() {
        begun ??= load().catch((error) => {
          begun = null;
          throw error;
        });
        return begun;
      },
    };
  };

  /**
   * {"$b64": "..."} anywhere in the state becomes a DataView, as a live kernel would send it;
   * {"$lazy": ...} becomes what loads one.
   * @type {(value: any) => any}
   */
  const revive = (value) => {
    if (Array.isArray(value)) return value.map(revive);
    if (value === null || typeof value !== "object") return value;
    if (typeof value.$b64 === "string") return bytesOf(value.$b64);
    if (typeof value.$lazy === "object") return lazily(value.$lazy);
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, revive(inner)]));
  };

  /** What anywidget hands to a widget: get, set, on, off; set fires change:key, then change. */
  class Model {
    /** @param {Record<string, any>} state */
    constructor(state) {
      /** @type {Record<string, any>} */
      this.state = revive(state);
      /** @type {Map<string, Listener[]>} */
      this.listeners = new Map();
      /** @type {any} the kernel's model, where there is one */
      this.live = null;
    }
    /** @param {string} key */
    get(key) {
      return this.state[key];
    }
    /** @type {(key: string | Record<string, any>, value?: any) => void} */
    set(key, value) {
      const changes = typeof key === "string" ? { [key]: value } : key;
      const changed = Object.keys(changes).filter((name) => this.state[name] !== changes[name]);
      Object.assign(this.state, changes);
      for (const name of changed) this.live?.set(name, this.state[name]);
      for (const name of changed) this.trigger(`change:${name}`, this, this.state[name]);
      if (changed.length) this.trigger("change", this);
    }
    /** @type {(events: string, listener: Listener) => void} */
    on(events, listener) {
      for (const event of events.split(/\s+/)) {
        this.listeners.set(event, [...(this.listeners.get(event) ?? []), listener]);
      }
    }
    /** @type {(events?: string, listener?: Listener) => void} */
    off(events, listener) {
      for (const event of events ? events.split(/\s+/) : [...this.listeners.keys()]) {
        const heard = this.listeners.get(event) ?? [];
        const kept = listener ? heard.filter((one) => one !== listener) : [];
        this.listeners.set(event, kept);
      }
    }
    /** @type {(event: string, ...values: any[]) => void} */
    trigger(event, ...values) {
      for (const listener of this.listeners.get(event) ?? []) listener(...values);
    }
    save_changes() {
      this.live?.save_changes();
    }
    send() {}

    /**
     * From now on this model and the kernel's are the same; what Python has set meanwhile holds.
     * @param {any} live
     */
    join(live) {
      this.live = null;
      for (const name of Object.keys(this.state)) {
        const value = live.get(name);
        if (value instanceof DataView) continue; // weights do not change
        if (JSON.stringify(value) !== JSON.stringify(this.state[name])) this.set(name, value);
        live.on(`change:${name}`, () => this.set(name, live.get(name)));
      }
      this.live = live;
    }
  }

  /**
   * Joins a figure to its model in the kernel as soon as that is there.
   * @param {Model} model
   * @param {string} id
   */
  const joinLater = (model, id) => {
    const join = () => {
      const live = page.bookWidgetModels?.get(id);
      if (live && live !== model.live) model.join(live);
    };
    window.addEventListener("book-widget-model", (event) => {
      if (/** @type {CustomEvent} */ (event).detail === id) join();
    });
    join();
  };

  /**
   * A Blob import works from file://, where a relative one does not. Once for each source.
   * @type {(hash: string, source: string) => Promise<any>}
   */
  const load = (hash, source) => {
    if (!modules[hash]) {
      const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
      modules[hash] = import(url).finally(() => URL.revokeObjectURL(url));
    }
    return modules[hash];
  };

  /** @type {(hash: string, css: string) => void} */
  const style = (hash, css) => {
    if (!css || document.querySelector(`style[data-book-widget="${hash}"]`)) return;
    const element = document.createElement("style");
    element.dataset.bookWidget = hash;
    element.textContent = css;
    document.head.append(element);
  };

  /** @param {HTMLElement} root */
  const mount = async (root) => {
    const payload = /** @type {HTMLElement} */ (
      root.querySelector("script[type='application/json']")
    );
    const { hash, esm, css, state } = JSON.parse(payload.textContent ?? "");
    style(hash, css);
    const { default: widget } = await load(hash, esm);
    const model = new Model(state);
    const { signal } = new AbortController();
    const el = document.createElement("div");
    await widget.initialize?.({ model, signal });
    await widget.render({ model, el, signal });
    if (root.dataset.figure) joinLater(model, root.dataset.figure);
    root.querySelector(":scope > :not(script)")?.replaceWith(el); // the sentence, or a saved figure
    root.dataset.mounted = "done";
  };

  /** @type {NodeListOf<HTMLElement>} */
  const roots = document.querySelectorAll(".bw-root");
  for (const root of roots) {
    if (begun.has(root)) continue;
    begun.add(root);
    root.dataset.mounted = "loading";
    page.bookWhenNear(root, () =>
      mount(root).catch((error) => {
        root.dataset.mounted = "failed";
        root.querySelector(".bw-fallback")?.append(" It could not start in this browser.");
        console.error("book widget", error);
      }),
    );
  }
}
