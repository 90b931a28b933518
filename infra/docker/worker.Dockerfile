# The worker with its embedding model, and beat.
FROM python:3.11-slim AS build
# Where pip looks is for whoever builds to say; unset, pip's own default holds.
ARG PIP_INDEX_URL
ARG PIP_EXTRA_INDEX_URL
RUN python -m venv --without-pip /opt/hardwon
WORKDIR /src
COPY constraints.txt ./
COPY shared shared
COPY services/worker services/worker
RUN --mount=type=cache,target=/root/.cache/pip \
    pip --python /opt/hardwon install --constraint constraints.txt ./shared ./services/worker

FROM python:3.11-slim
RUN useradd --uid 10001 --user-group --no-create-home --home-dir /tmp hardwon \
    # A volume mounted here takes over this owner, without whom the exported model could not be kept.
    && install --directory --owner 10001 --group 10001 /var/cache/hardwon
COPY --from=build /opt/hardwon /opt/hardwon
COPY infra/docker/healthy.py /opt/hardwon/
ENV PATH=/opt/hardwon/bin:$PATH PYTHONUNBUFFERED=1 HARDWON_MODEL_CACHE=/var/cache/hardwon
USER 10001:10001
CMD ["python", "-m", "hardwon_worker"]
