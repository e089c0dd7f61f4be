FROM node:26.12.1-trixie-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json ./
COPY scripts ./scripts
COPY src ./src
RUN npm run bundle && npm run sbom && npm prune --omit=dev --ignore-scripts --no-audit --no-fund
COPY schemas ./schemas
COPY fixtures ./fixtures
RUN mkdir compile-cache && chown 1000:1000 compile-cache
# Node uses a compile cache only as the user who made it.
USER 1000:1000
RUN NODE_COMPILE_CACHE=/app/compile-cache node scripts/fill-compile-cache.mjs

FROM node:26.12.1-trixie-slim
ARG VERSION=0.1.0
LABEL org.opencontainers.image.title="mock-gpudb" \
      org.opencontainers.image.description="A test double of GPUdb (the Kinetica database) for asynchronous jobs" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="${VERSION}"
ENV NODE_ENV=production \
    NODE_COMPILE_CACHE=/app/compile-cache \
    MOCK_GPUDB_FIXTURES=/fixtures \
    MOCK_GPUDB_HOST=0.0.0.0
WORKDIR /app
# The mock needs Node only. What is not there needs no updates and helps no intruder.
RUN rm -rf /usr/local/lib/node_modules /usr/local/include /opt/yarn* \
      /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/corepack /usr/local/bin/yarn /usr/local/bin/yarnpkg \
  && mkdir /fixtures
COPY package.json LICENSE NOTICE ./
COPY --from=build /app/node_modules ./node_modules
COPY schemas ./schemas
COPY --from=build /app/dist ./dist
COPY --from=build /app/compile-cache ./compile-cache
USER 1000:1000
EXPOSE 9191
STOPSIGNAL SIGTERM
# No --start-interval: older builders refuse it. compose.yaml sets it.
HEALTHCHECK --interval=5s --timeout=3s --start-period=5s --retries=3 \
  CMD ["node", "/app/dist/bin/mock-gpudb.js", "health"]
ENTRYPOINT ["node", "/app/dist/bin/mock-gpudb.js"]
CMD ["start"]
