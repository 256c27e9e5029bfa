# syntax=docker/dockerfile:1
# The studio, for arm64 and amd64 alike: `core` without PyTorch, `neural` with it. docs/install.md tells the rest.
ARG PYTHON=3.11-slim-bookworm
ARG NODE=24-bookworm-slim
# Who the studio runs as, and so whose files those in mounted folders are.
ARG STUDIO_UID=1000
ARG STUDIO_GID=1000

# --- what the pages take from npm -----------------------------------------------------
FROM node:${NODE} AS assets
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev

# --- Python packages, in an environment without pip -----------------------------------
FROM python:${PYTHON} AS packages
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /app
RUN python -m venv --without-pip /opt/venv
COPY constraints.txt requirements.txt requirements-scale.txt ./
RUN python -m pip --python /opt/venv/bin/python install --no-cache-dir -r requirements.txt -r requirements-scale.txt

FROM packages AS packages-neural
# The build without CUDA; https://download.pytorch.org/whl/cu128 for an NVIDIA card, nothing for what PyPI has.
ARG TORCH_INDEX=https://download.pytorch.org/whl/cpu
COPY requirements-neural.txt requirements-neural-nodeps.txt ./
RUN python -m pip --python /opt/venv/bin/python install --no-cache-dir --no-deps \
        ${TORCH_INDEX:+--extra-index-url "$TORCH_INDEX"} "$(grep -o '^torch==[0-9.]*' requirements-neural.txt)" \
    && python -m pip --python /opt/venv/bin/python install --no-cache-dir -r requirements-neural.txt \
    && python -m pip --python /opt/venv/bin/python install --no-cache-dir --no-deps -r requirements-neural-nodeps.txt

# --- the house, before anything is in it ----------------------------------------------
FROM python:${PYTHON} AS base
# For M4A and WebM: FFMPEG=true. A stable release of Debian changes its versions for security alone.
ARG FFMPEG=false
# hadolint ignore=DL3008
RUN if [ "$FFMPEG" = true ]; then \
        apt-get update && apt-get install -y --no-install-recommends ffmpeg && rm -rf /var/lib/apt/lists/*; \
    fi
ARG STUDIO_UID
ARG STUDIO_GID
RUN groupadd --non-unique --gid "$STUDIO_GID" studio \
    && useradd --non-unique --uid "$STUDIO_UID" --gid studio --no-create-home --home-dir /tmp \
        --shell /usr/sbin/nologin studio \
    && install -d -m 700 -o studio -g studio /data /audio /models \
    && install -d -m 755 /opt/static/files /opt/models
WORKDIR /app
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    DJANGO_SETTINGS_MODULE=ccbell_site.settings \
    DATA_DIR=/data \
    AUDIO_OUTPUT_DIR=/audio \
    MODEL_CACHE_DIR=/models \
    HF_HOME=/opt/models \
    STATIC_ROOT=/opt/static/files \
    API_HOST=0.0.0.0
LABEL org.opencontainers.image.title="ccbell sound studio" \
      org.opencontainers.image.description="Turns a theme into a pack of notification sounds for coding agents" \
      org.opencontainers.image.version="0.1.0" \
      org.opencontainers.image.licenses="Apache-2.0"
EXPOSE 8000
# The worker has no port to ask: see docker-compose.yml.
HEALTHCHECK --interval=60s --timeout=10s --start-period=60s CMD ["python", "-m", "deploy.alive", "web"]
CMD ["python", "manage.py", "web"]

# --- the studio's own files, which nobody who runs it can change ----------------------
FROM base AS app
COPY --from=packages /opt/venv /opt/venv
COPY . .
COPY --from=assets /app/node_modules/wavesurfer.js/dist node_modules/wavesurfer.js/dist
RUN chmod -R a+rX . \
    && python -m compileall -q --invalidation-mode unchecked-hash . \
    && export DATA_DIR=/tmp/data AUDIO_OUTPUT_DIR=/tmp/data MODEL_CACHE_DIR=/tmp/data \
    && python -c "import django; django.setup(); from ccbell_site.static_files import collect; collect()" \
    && rm -rf /tmp/data

# --- weights that come with the image, beside those in the mounted cache --------------
FROM base AS weights
# Such as stable-audio-open-small. Who names a model here accepts its licence; the token comes as a secret.
ARG PRELOAD=
COPY --from=packages-neural /opt/venv /opt/venv
COPY --from=app /app /app
RUN --mount=type=secret,id=hf_token --mount=type=cache,target=/var/cache/models \
    if [ -n "$PRELOAD" ]; then \
        export DATA_DIR=/tmp/data AUDIO_OUTPUT_DIR=/tmp/data MODEL_CACHE_DIR=/var/cache/models \
        && python manage.py prepare \
        && python manage.py install_model "$PRELOAD" --yes --token-file /run/secrets/hf_token \
        && cp -a /var/cache/models /opt/models/hub && chmod -R go=u,go-w /opt/models && rm -rf /tmp/data; \
    fi

# --- the image with PyTorch -----------------------------------------------------------
FROM base AS neural
COPY --from=packages-neural /opt/venv /opt/venv
COPY --from=weights /opt/models /opt/models
COPY --from=app /opt/static /opt/static
COPY --from=app /app /app
ARG STUDIO_UID
ARG STUDIO_GID
USER $STUDIO_UID:$STUDIO_GID

# --- and without, which is built unless a target is named -----------------------------
FROM base AS core
COPY --from=packages /opt/venv /opt/venv
COPY --from=app /opt/static /opt/static
COPY --from=app /app /app
ARG STUDIO_UID
ARG STUDIO_GID
USER $STUDIO_UID:$STUDIO_GID
