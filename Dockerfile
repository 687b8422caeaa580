# alignbot in an image of its own: one static program, no shell, not root.
#
#   docker build -t alignbot .
#   docker run --rm -p 127.0.0.1:8066:8066 --env-file alignbot.env alignbot
#
# The address embedded:DIR needs a redis-server and does not work in this image;
# compose.yaml runs a Redis beside it.

FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -ldflags="-s -w" -o /alignbot ./cmd/alignbot

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /alignbot /alignbot
USER 65532:65532
ENV ALIGNBOT_HTTP_LISTEN=:8066
EXPOSE 8066
STOPSIGNAL SIGTERM
ENTRYPOINT ["/alignbot"]
CMD ["run"]
