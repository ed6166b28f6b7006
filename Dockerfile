FROM python:3.12-slim AS build
# durable_rules is compiled when it is installed.
RUN apt-get update && apt-get install --yes --no-install-recommends gcc libc6-dev && rm -rf /var/lib/apt/lists/*
WORKDIR /build
COPY .ci .ci
COPY setup.cfg pyproject.toml README.md wsgi.py ./
COPY service service
COPY schemas schemas
COPY policies policies
RUN python -m venv /opt/quotewright
RUN /opt/quotewright/bin/pip install --no-cache-dir -c .ci/constraints.txt .

FROM python:3.12-slim
RUN useradd --system --uid 10001 quotewright && install -d -o quotewright /var/lib/quotewright
COPY --from=build /opt/quotewright /opt/quotewright
WORKDIR /var/lib/quotewright
ENV PATH=/opt/quotewright/bin:$PATH
ENV DATABASE_URL=sqlite:////var/lib/quotewright/quotewright.db
# The container is asked from outside. The first admin: docker run -it -v ... quotewright quotewright init
ENV SIGN_IN=on
ENV PYTHONUNBUFFERED=1
USER quotewright
VOLUME /var/lib/quotewright
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/readyz', timeout=4)"]
CMD ["quotewright", "serve", "--host", "0.0.0.0", "--port", "8000"]
