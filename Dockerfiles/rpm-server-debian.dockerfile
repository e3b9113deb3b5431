# Serves a repository: what stands in /srv/rpms/current, on port 80.
ARG BASE_DEBIAN=debian:bookworm-slim
FROM ${BASE_DEBIAN}

RUN apt-get update \
 && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends nginx-light \
 && rm -rf /var/lib/apt/lists/*

COPY nginx.conf /etc/nginx/nginx.conf

CMD ["nginx", "-g", "daemon off;"]
