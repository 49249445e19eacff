# The program alone; records go to the volume /srv/harvest/output. docs/server.md, "In a container".
FROM python:3.12-slim AS build
WORKDIR /src
COPY requirements.txt pyproject.toml README.md ./
RUN python -m venv /opt/harvest \
 && /opt/harvest/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements.txt
COPY crawler ./crawler
COPY pipelines ./pipelines
RUN /opt/harvest/bin/pip install --no-cache-dir --disable-pip-version-check --no-deps .

FROM python:3.12-slim
COPY --from=build /opt/harvest /opt/harvest
RUN useradd --system --create-home --home-dir /srv/harvest harvest \
 && install -d -o harvest -g harvest /srv/harvest/output
USER harvest
WORKDIR /srv/harvest
VOLUME /srv/harvest/output
STOPSIGNAL SIGTERM
ENTRYPOINT ["/opt/harvest/bin/harvest"]
CMD ["doctor"]
