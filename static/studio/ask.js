/** What a page asks of the studio, one after another: no answer is older than what the page shows already. */

let last = Promise.resolve();

/** As `htmx.ajax`, when all is answered that was asked before; tells whether the studio did as asked. */
export function ask(method, url, { isLong = false, ...options }) {
    const answer = last.then(() => settled(method, url, options));
    if (!isLong) last = answer.catch(() => {}); // nobody waits for what is long
    return answer;
}

/** The promise of htmx is kept for a refusal, too. */
async function settled(method, url, options) {
    let done = false;
    const note = ({ detail }) => {
        if (detail.pathInfo.requestPath === url) done = detail.successful;
    };
    document.addEventListener("htmx:afterRequest", note);
    try {
        await htmx.ajax(method, url, options);
    } finally {
        document.removeEventListener("htmx:afterRequest", note);
    }
    return done;
}
