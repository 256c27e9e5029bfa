// Before the first paint: dark or light as the person chose last, else as the system says.
try {
    document.documentElement.dataset.theme = localStorage.getItem("ccbell.theme") ?? "";
} catch {
    // without storage the system decides
}
