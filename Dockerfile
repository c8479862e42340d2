# The operator and nothing else. BASE_IMAGE is any image with Python >= 3.11, its venv module and
# glibc; releases pass one by its digest. What is shipped is built from scratch: of the base it has
# the interpreter and the libraries that are loaded, but no shell and no package manager.
ARG BASE_IMAGE=python:3.13-slim

FROM ${BASE_IMAGE} AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /src
# Two environments: one that builds the wheel and is left behind, one without pip that is shipped.
RUN python3 -m venv /build && python3 -m venv --without-pip /opt/assessor
COPY requirements-build.lock requirements.lock ./
RUN /build/bin/pip install --require-hashes -r requirements-build.lock \
 && /build/bin/pip --python /opt/assessor/bin/python install --require-hashes -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY operator operator
RUN /build/bin/pip wheel --no-deps --no-build-isolation --wheel-dir /wheels . \
 && /build/bin/pip --python /opt/assessor/bin/python install --no-deps --no-index /wheels/*.whl
COPY tools/image_root.py tools/
RUN python3 tools/image_root.py /opt/assessor /image

FROM scratch
ARG VERSION=dev
LABEL org.opencontainers.image.title="kube-assessor" \
      org.opencontainers.image.description="Keeps every namespace assessed against a security checklist" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}"
COPY --from=build /image /
# There only where `make image` wrote it: a pattern may match nothing, beside a file that is there.
COPY LICENSE dist/sbom.cdx.jso[n] /usr/share/kube-assessor/
# The bytecode was compiled when the wheels were installed; a read-only root takes no more of it.
ENV PATH=/opt/assessor/bin PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 \
    SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt
# Numeric, so that runAsNonRoot can be verified without a passwd file.
USER 65532:65532
EXPOSE 8080
ENTRYPOINT ["assessor"]
CMD ["run"]
