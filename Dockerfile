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

# Fonts for pictures, of the scripts that alignbot has none of its own for: one
# weight of each sans serif, CJK and emoji, 46 MB.
FROM debian:bookworm-slim AS fonts
RUN apt-get update && apt-get install -y --no-install-recommends fonts-noto-core fonts-noto-cjk fonts-noto-color-emoji \
 && mkdir -p /fonts \
 && cp /usr/share/fonts/truetype/noto/NotoSans*-Regular.ttf /usr/share/fonts/truetype/noto/NotoColorEmoji.ttf \
       /usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc /fonts/ \
 && cp -r /usr/share/doc/fonts-noto-core/copyright /fonts/COPYRIGHT

FROM scratch
COPY --from=fonts /fonts /usr/share/fonts/noto
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /alignbot /alignbot
USER 65532:65532
ENV ALIGNBOT_HTTP_LISTEN=:8066
EXPOSE 8066
STOPSIGNAL SIGTERM
ENTRYPOINT ["/alignbot"]
CMD ["run"]
