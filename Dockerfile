# syntax=docker/dockerfile:1
# Webhook, controller, the command that uninstalls and the one for people, in one image: what is started says the Pod,
# by its arguments.
#   docker build -t portcullis:0.1.0 --build-arg VERSION=0.1.0 --build-arg REVISION=$(git rev-parse HEAD) .

FROM node:24-trixie-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts
COPY tsconfig.json tsconfig.build.json ./
COPY src src
COPY certs certs
COPY webhook webhook
COPY controller controller
COPY build build
COPY cli cli
RUN npm run build

FROM node:24-trixie-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --omit=optional --ignore-scripts

# No shell and no package manager; the lock file stays beside the modules, so that scanners find every one of them.
FROM gcr.io/distroless/nodejs24-debian13:nonroot
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Portcullis" \
      org.opencontainers.image.description="The gate in front of WSO2 API Platform gateways: an admission webhook and a controller" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
ENV NODE_ENV=production
# V8 would let what is young and mostly garbage have up to 128 MB, by the size of the machine; more than this is no faster.
ENV NODE_OPTIONS=--max-semi-space-size=4
# glibc would give up to eight threads a heap of their own each, and none of them gives much back.
ENV MALLOC_ARENA_MAX=2
# glibc would come to keep what was large and is free again, such as the list of a gateway; so it goes back at once.
ENV MALLOC_MMAP_THRESHOLD_=131072
ENV MALLOC_TRIM_THRESHOLD_=131072
WORKDIR /app
COPY --from=dependencies /app/package.json /app/package-lock.json ./
COPY --from=dependencies /app/node_modules node_modules
COPY --from=build /app/dist dist
USER 65532:65532
ENTRYPOINT ["/nodejs/bin/node"]
CMD ["dist/webhook/main.js", "--help"]
