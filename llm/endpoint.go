package llm

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"syscall"
	"time"
)

// Limits of one exchange. An answer has some hundred bytes; reasoning that some
// models put beside it, some thousand.
const (
	bodyMost    = 1 << 20  // bytes
	headersMost = 64 << 10 // bytes
)

var (
	errAddress  = errors.New("this address is not asked")
	errRedirect = errors.New("the server answered with a redirect, which is not followed: set the address it leads to")
)

// parseBase checks a base URL as far as that goes without DNS.
func parseBase(raw string, plainHTTP bool) (*url.URL, error) {
	base, err := url.Parse(raw)
	switch {
	case err != nil:
		return nil, errors.New("it is no URL")
	case base.Scheme != "http" && base.Scheme != "https":
		return nil, errors.New("it does not begin with https:// or http://")
	case base.Hostname() == "":
		return nil, errors.New("it names no host")
	case base.User != nil:
		return nil, errors.New("it has a user or a password in it, which belong into llm.key")
	case base.RawQuery != "" || base.Fragment != "":
		return nil, errors.New("it has a ? or # in it")
	case base.Scheme == "http" && !plainHTTP && !isHere(base.Hostname()):
		return nil, errors.New("http to another machine would send ideas and the key unencrypted; use https, or set llm.allow_plain_http")
	}
	if addr, err := netip.ParseAddr(base.Hostname()); err == nil {
		if err := checkAddress(addr); err != nil {
			return nil, err
		}
	}
	return base, nil
}

// isHere tells whether a host is this machine by its name alone.
func isHere(host string) bool {
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.Unmap().IsLoopback() || strings.EqualFold(host, "localhost")
}

// metadata are addresses where clouds hand out credentials to whoever asks from
// the machine, besides those in 169.254.0.0/16 and fe80::/10.
var metadata = []netip.Prefix{
	netip.MustParsePrefix("fd00:ec2::/32"),      // AWS, https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html
	netip.MustParsePrefix("fd20:ce::/32"),       // Google Cloud, https://cloud.google.com/compute/docs/metadata/querying-metadata
	netip.MustParsePrefix("100.100.100.200/32"), // Alibaba Cloud
	netip.MustParsePrefix("168.63.129.16/32"),   // Azure, https://learn.microsoft.com/azure/virtual-network/what-is-ip-address-168-63-129-16
	netip.MustParsePrefix("192.0.0.192/32"),     // Oracle Cloud
}

// Prefixes of IPv6 addresses that have an IPv4 address in them.
var (
	nat64     = netip.MustParsePrefix("64:ff9b::/96")
	nat64Near = netip.MustParsePrefix("64:ff9b:1::/48")
	sixToFour = netip.MustParsePrefix("2002::/16")
)

// checkAddress refuses addresses that no model is at, and behind which something
// else may be that must not be asked. Private networks are fine: that is where
// people run their own models.
func checkAddress(addr netip.Addr) error {
	addr = addr.Unmap().WithZone("")
	b := addr.As16()
	switch {
	case nat64.Contains(addr), nat64Near.Contains(addr):
		return checkAddress(netip.AddrFrom4([4]byte(b[12:16])))
	case sixToFour.Contains(addr):
		return checkAddress(netip.AddrFrom4([4]byte(b[2:6])))
	case !addr.IsValid(), addr.IsUnspecified(), addr.IsMulticast(), addr.IsLinkLocalUnicast():
		return fmt.Errorf("%w: %s is link-local, multicast or none", errAddress, addr)
	}
	for _, prefix := range metadata {
		if prefix.Contains(addr) {
			return fmt.Errorf("%w: %s is a cloud's metadata service", errAddress, addr)
		}
	}
	return nil
}

// newHTTPClient gives a client for one server. Each address is checked when it is
// dialled, after DNS was asked. A proxy would dial in our place, unchecked, so
// none is used, also when the environment names one.
func newHTTPClient(base *url.URL, s Settings, resolver *net.Resolver) *http.Client {
	onlyHere := base.Scheme == "http" && !s.AllowPlainHTTP
	dialer := &net.Dialer{
		Timeout:  min(s.Timeout, 10*time.Second),
		Resolver: resolver,
		Control: func(_, address string, _ syscall.RawConn) error {
			at, err := netip.ParseAddrPort(address)
			if err != nil {
				return fmt.Errorf("%w: %q", errAddress, address)
			}
			if onlyHere && !at.Addr().Unmap().IsLoopback() {
				return fmt.Errorf("%w: %s is another machine, and http would be unencrypted", errAddress, at.Addr())
			}
			return checkAddress(at.Addr())
		},
	}
	return &http.Client{
		Transport: guard{&http.Transport{
			DialContext:            dialer.DialContext,
			TLSHandshakeTimeout:    10 * time.Second,
			MaxResponseHeaderBytes: headersMost,
			MaxIdleConns:           4,
			IdleConnTimeout:        time.Minute,
			ForceAttemptHTTP2:      true,
		}},
		CheckRedirect: func(*http.Request, []*http.Request) error { return errRedirect },
	}
}

// guard bounds what is read of an answer, and keeps what the client library
// forgets of it.
type guard struct{ *http.Transport }

func (g guard) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := g.Transport.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	if wait, ok := r.Context().Value(retryAfterKey{}).(*string); ok {
		*wait = answer.Header.Get("Retry-After")
	}
	answer.Body = http.MaxBytesReader(nil, answer.Body, bodyMost)
	return answer, nil
}

// retryAfterKey finds in a context where guard keeps the header Retry-After.
type retryAfterKey struct{}

func withRetryAfter(ctx context.Context, wait *string) context.Context {
	return context.WithValue(ctx, retryAfterKey{}, wait)
}
