/** Sounds decoded ahead of being asked for, within a budget of memory. */

export const RATE_HZ = 44100;
const BUDGET_BYTES = 64 * 2 ** 20;
const AT_ONCE = 4;

const size = (buffer) => buffer.length * buffer.numberOfChannels * 4;

/** Why a sound cannot be heard, in a sentence for the person who wants to hear it. */
export class Unheard extends Error {}

/** Fetch and decode one sound; works before the first gesture, when no page may sound yet. */
async function decode(url, decoder) {
    let response;
    try {
        response = await fetch(url);
    } catch {
        throw new Unheard("The studio cannot be reached; is it still running?");
    }
    if (response.status === 404 || response.status === 410) {
        throw new Unheard("This sound's file was cleaned up; make it again.");
    }
    // A page instead of a sound is the one to sign in on.
    if ([401, 403].includes(response.status) || response.headers.get("Content-Type")?.startsWith("text/html")) {
        throw new Unheard("You are not signed in any more; sign in and try again.");
    }
    if (!response.ok) throw new Unheard(`The studio could not send this sound (it answered ${response.status}).`);
    let bytes;
    try {
        bytes = await response.arrayBuffer();
    } catch {
        throw new Unheard("The connection broke while this sound was on its way; try again.");
    }
    try {
        return await decoder.decodeAudioData(bytes);
    } catch {
        throw new Unheard("This sound cannot be decoded by your browser.");
    }
}

/** Decoded sounds by URL: those not used for longest go first when there is no more room. */
export class Shelf {
    #buffers = new Map();
    #coming = new Map();
    #pressing = [];
    #ahead = [];
    #running = 0;
    #decoder = new OfflineAudioContext(2, 1, RATE_HZ);
    bytes = 0;

    get(url) {
        const buffer = this.#buffers.get(url);
        if (buffer) {
            this.#buffers.delete(url);
            this.#buffers.set(url, buffer);
        }
        return buffer;
    }

    /** Somebody waits for this one: it goes before all that is fetched ahead. */
    bring(url) {
        const buffer = this.get(url);
        if (buffer) return Promise.resolve(buffer);
        if (!this.#coming.has(url)) {
            const turn = new Promise((go) => this.#pressing.push(go));
            this.#coming.set(url, turn.then(() => this.#fetch(url)));
            this.#next();
        }
        return this.#coming.get(url);
    }

    /** Fetch these while there is time, instead of those that still wait or before them; no more than have room. */
    ahead(sounds, keep) {
        let room = BUDGET_BYTES;
        const urls = sounds
            .filter((sound) => (room -= (sound.duration || 1) * RATE_HZ * 8) >= 0 && !this.get(sound.url))
            .map((sound) => sound.url);
        this.#ahead = keep ? [...urls, ...this.#ahead] : urls;
        this.#next();
    }

    async #fetch(url) {
        try {
            const buffer = await decode(url, this.#decoder);
            this.#keep(url, buffer);
            return buffer;
        } finally {
            this.#coming.delete(url);
            this.#running -= 1;
            this.#next();
        }
    }

    #keep(url, buffer) {
        this.#buffers.set(url, buffer);
        this.bytes += size(buffer);
        for (const [oldest, old] of this.#buffers) {
            if (this.bytes <= BUDGET_BYTES || oldest === url) break;
            this.#buffers.delete(oldest);
            this.bytes -= size(old);
        }
    }

    #next() {
        // One more than ahead: whoever presses a key does not wait for what nobody asked for.
        while (this.#running <= AT_ONCE && this.#pressing.length) {
            this.#running += 1;
            this.#pressing.pop()();
        }
        while (this.#running < AT_ONCE && this.#ahead.length) this.bring(this.#ahead.shift()).catch(() => {});
    }
}
