/** Asking the studio for something small, with a sentence for the person when it does not work. */

import { toast } from "./toast.js";

/** What went wrong with an answer, in a sentence. */
export async function reason(response) {
    if (response.headers.get("Content-Type")?.startsWith("text/plain")) return response.text();
    return `The studio answered ${response.status}; its log says more.`;
}

/** Post a form, or the fields of one; the answer, or null after the person has been told why there is none. */
export async function post(url, body = {}) {
    const form = body instanceof FormData ? body : new URLSearchParams(body);
    const headers = { ...JSON.parse(document.body.getAttribute("hx-headers")), "HX-Request": "true" };
    try {
        const response = await fetch(url, { method: "POST", headers, body: form });
        if (response.ok) return response;
        toast(await reason(response), { kind: "error" });
    } catch {
        toast("The studio cannot be reached; is it still running?", { kind: "error" });
    }
    return null;
}
