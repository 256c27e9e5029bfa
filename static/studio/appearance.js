// Before the first paint: dark or light as the person chose last, else as the system has it, also when that changes.
(() => {
    const system = matchMedia("(prefers-color-scheme: light)");
    const apply = () => {
        let chosen = null;
        try {
            chosen = localStorage.getItem("ccbell.theme");
        } catch {
            // without storage the system decides
        }
        document.documentElement.dataset.theme = chosen || (system.matches ? "light" : "dark");
    };
    system.addEventListener("change", apply);
    apply();
})();
