# The program alone: one static binary in an empty image, run by nobody in
# particular (65532), on a file system that it never writes to.
#
#   docker build -t lienthong .
#   docker run --rm lienthong version

FROM golang:1.26.8 AS build
# A network without the public module proxy names its own: --build-arg GOPROXY=…
ARG GOPROXY=https://proxy.golang.org,direct
WORKDIR /src
COPY go.mod go.sum ./
RUN --mount=type=cache,target=/go/pkg/mod go mod download
COPY . .
RUN --mount=type=cache,target=/go/pkg/mod \
    --mount=type=cache,target=/root/.cache/go-build \
    CGO_ENABLED=0 go build -trimpath -ldflags='-s -w' -o /out/usr/local/bin/lienthong ./cmd/lienthong
# What an empty image lacks: a name for the user, certificates of the public
# authorities, and a folder that a volume can be mounted on.
RUN mkdir -p /out/etc/ssl/certs /out/usr/share/doc/lienthong /out/tmp /data \
 && echo 'nonroot:x:65532:65532:nonroot:/nonexistent:/sbin/nologin' > /out/etc/passwd \
 && echo 'nonroot:x:65532:' > /out/etc/group \
 && cp /etc/ssl/certs/ca-certificates.crt /out/etc/ssl/certs/ \
 && cp LICENSE NOTICE /out/usr/share/doc/lienthong/ \
 && chmod 1777 /out/tmp

FROM scratch
COPY --from=build /out/ /
# A named volume takes the owner of the folder that it first covers.
COPY --from=build --chown=65532:65532 /data /var/lib/lienthong
USER 65532:65532
EXPOSE 8080
ENTRYPOINT ["/usr/local/bin/lienthong"]
CMD ["--help"]
