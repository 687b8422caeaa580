package bot

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// newHTTPClient calls Slack: enough idle connections that a busy moment does
// not pay a TLS handshake per call, and a limit on each call.
func newHTTPClient(limit time.Duration) *http.Client {
	return &http.Client{
		Timeout: limit,
		Transport: &transport{next: &http.Transport{
			Proxy:                 http.ProxyFromEnvironment,
			DialContext:           (&net.Dialer{Timeout: 5 * time.Second, KeepAlive: 15 * time.Second}).DialContext,
			MaxIdleConns:          128,
			MaxIdleConnsPerHost:   128,
			IdleConnTimeout:       90 * time.Second,
			TLSHandshakeTimeout:   5 * time.Second,
			ExpectContinueTimeout: time.Second,
			ForceAttemptHTTP2:     true,
		}},
		// Slack's methods do not redirect, and a token must not follow one.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// transport tells apart what slack-go does not: a request that never left, and
// every shape of Retry-After.
type transport struct{ next *http.Transport }

// notSentError: the request did not leave this machine.
type notSentError struct{ cause error }

func (e *notSentError) Error() string { return "not sent: " + e.cause.Error() }
func (e *notSentError) Unwrap() error { return e.cause }

// throttledError: Slack asked to wait.
type throttledError struct{ after time.Duration }

func (e *throttledError) Error() string { return fmt.Sprintf("asked to wait for %s", e.after) }

func (t *transport) RoundTrip(r *http.Request) (*http.Response, error) {
	var wrote atomic.Bool
	ctx := httptrace.WithClientTrace(r.Context(), &httptrace.ClientTrace{
		WroteHeaders: func() { wrote.Store(true) },
	})
	response, err := t.next.RoundTrip(r.WithContext(ctx))
	if err != nil {
		if !wrote.Load() {
			return nil, &notSentError{err}
		}
		return nil, err
	}
	if response.StatusCode == http.StatusTooManyRequests {
		response.Body.Close()
		return nil, &throttledError{retryAfter(response.Header, time.Now())}
	}
	return response, nil
}

func (t *transport) CloseIdleConnections() { t.next.CloseIdleConnections() }

// retryAfter reads seconds or an HTTP date. What is missing or unreadable
// counts as half a minute, zero and the past as one second.
// https://www.rfc-editor.org/rfc/rfc9110#field.retry-after
func retryAfter(h http.Header, now time.Time) time.Duration {
	value := strings.TrimSpace(h.Get("Retry-After"))
	after := retryAfterStd
	if seconds, err := strconv.ParseFloat(value, 64); err == nil && seconds == seconds {
		after = time.Duration(min(seconds, retryAfterMost.Seconds()) * float64(time.Second))
	} else if at, err := http.ParseTime(value); err == nil {
		if served, err := http.ParseTime(h.Get("Date")); err == nil {
			now = served // the clock the date was made with
		}
		after = at.Sub(now)
	}
	return min(max(after, time.Second), retryAfterMost)
}

// withoutAddress drops what net/http and websocket put in front of an error:
// the address, which may hold a ticket.
func withoutAddress(err error) error {
	var address *url.Error
	if errors.As(err, &address) {
		return address.Err
	}
	return err
}
