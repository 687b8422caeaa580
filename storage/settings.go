package storage

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/url"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Settings say where the state is kept. The zero value keeps nothing; URL is
// the only one that must be set.
type Settings struct {
	// URL of the Redis:
	//
	//	redis://[user:password@]host[:6379][/db]      one server; rediss:// with TLS
	//	redis://host1,host2,host3/                    a Cluster; so is redis://host1/?addr=host2:6379
	//	redis+sentinel://[user:password@]host1:26379,host2:26379/mymaster[/db]
	//	                                              a master kept by Sentinels; rediss+sentinel:// with TLS.
	//	                                              ?sentinel_username= and ?sentinel_password= are the Sentinels' own
	//	unix:///path/to/redis.sock[?db=0]             one server on a Unix socket
	//	embedded:DIR                                  a redis-server child that keeps its files in DIR
	//	memory:                                       in this process, lost when it ends
	URL string
	// Cluster treats the server as a Cluster even when only one host is named.
	Cluster bool
	// AllowEviction accepts a Redis that may drop keys when it is full.
	AllowEviction bool
	// Beside uses, with embedded:, the redis-server of an alignbot that has DIR
	// already, where one has; without it DIR has to be free.
	Beside bool
	// Timeout of one operation with all its attempts. Zero means DefaultTimeout.
	Timeout time.Duration
	// WaitReplicas is how many replicas must hold a change, at least, before it counts
	// as stored; with fewer a change ends with ErrUnavailable. Those beyond, which keep
	// up with the master, must hold it too. Zero waits for none.
	WaitReplicas int
	// Now is the clock of a Redis in this process; nil for the computer's. Any other
	// Redis has its own.
	Now func() time.Time
}

// DefaultTimeout leaves room for one repetition within the three seconds that
// Slack waits for an answer.
const DefaultTimeout = time.Second

// place is what a URL means.
type place struct {
	kind               placeKind
	addrs              []string
	username, password string
	db                 int
	tls                *tls.Config
	master             string // Sentinel
	sentinelUsername   string
	sentinelPassword   string
	dir                string // embedded
}

type placeKind int

const (
	standalone placeKind = iota
	cluster
	sentinel
	embedded
	memory
)

// Check finds what is wrong with the settings without connecting. Its errors
// never contain the URL, which may hold a password.
func (s Settings) Check() error {
	_, err := s.place()
	if s.Timeout < 0 {
		err = errors.Join(err, errors.New("the storage timeout is negative; set it to a duration such as 1s"))
	}
	if s.WaitReplicas < 0 {
		err = errors.Join(err, errors.New("the number of replicas to wait for is negative; set it to 0 or more"))
	}
	return err
}

func (s Settings) timeout() time.Duration {
	if s.Timeout > 0 {
		return s.Timeout
	}
	return DefaultTimeout
}

func (s Settings) place() (place, error) {
	scheme, rest, found := strings.Cut(s.URL, ":")
	if !found {
		return place{}, errors.New("the storage URL names no scheme; it looks like redis://host:6379, embedded:DIR or memory:")
	}
	switch scheme {
	case "memory":
		if strings.Trim(rest, "/") != "" {
			return place{}, errors.New("the storage URL memory: takes nothing after the colon")
		}
		return place{kind: memory}, nil
	case "embedded":
		if rest == "" {
			return place{}, errors.New("the storage URL embedded: needs a directory, as in embedded:/var/lib/alignbot")
		}
		dir, err := filepath.Abs(rest)
		if err != nil {
			return place{}, fmt.Errorf("the directory of the storage URL embedded: cannot be found: %w", err)
		}
		return place{kind: embedded, dir: dir}, nil
	case "unix":
		path, query, _ := strings.Cut(strings.TrimPrefix(rest, "//"), "?")
		if path == "" {
			return place{}, errors.New("the storage URL unix:// needs the path of a socket")
		}
		p := place{addrs: []string{path}}
		_, err := p.readQuery(query, "db")
		return p, err
	case "redis", "rediss", "redis+sentinel", "rediss+sentinel":
		return s.networkPlace(scheme, rest)
	}
	return place{}, fmt.Errorf("the storage URL has the unknown scheme %q; known are redis, rediss, redis+sentinel, rediss+sentinel, unix, embedded and memory", scheme)
}

// networkPlace splits the URL by hand: net/url knows one host only.
func (s Settings) networkPlace(scheme, rest string) (place, error) {
	rest, hasSlashes := strings.CutPrefix(rest, "//")
	if !hasSlashes {
		return place{}, fmt.Errorf("the storage URL needs two slashes after %s:", scheme)
	}
	rest, query, _ := strings.Cut(rest, "?")
	authority, path, _ := strings.Cut(rest, "/")
	var p place
	hosts := authority
	if at := strings.LastIndex(authority, "@"); at >= 0 {
		hosts = authority[at+1:]
		username, password, _ := strings.Cut(authority[:at], ":")
		var err1, err2 error
		p.username, err1 = url.PathUnescape(username)
		p.password, err2 = url.PathUnescape(password)
		if err1 != nil || err2 != nil {
			return place{}, errors.New("the user or password in the storage URL is not percent-encoded correctly")
		}
	}
	isSentinel := strings.HasSuffix(scheme, "+sentinel")
	port := "6379"
	if isSentinel {
		port = "26379"
	}
	known := []string{"addr", "db"}
	if isSentinel {
		known = append(known, "sentinel_username", "sentinel_password")
	}
	values, err := p.readQuery(query, known...)
	if err != nil {
		return place{}, err
	}
	for _, host := range append(strings.Split(hosts, ","), values["addr"]...) {
		addr, err := hostPort(host, port)
		if err != nil {
			return place{}, err
		}
		p.addrs = append(p.addrs, addr)
	}
	if isSentinel {
		p.kind = sentinel
		p.sentinelUsername, p.sentinelPassword = values.Get("sentinel_username"), values.Get("sentinel_password")
		p.master, path, _ = strings.Cut(path, "/")
		if p.master == "" {
			return place{}, errors.New("the storage URL of Sentinels needs the master's name as its path, as in redis+sentinel://host:26379/mymaster")
		}
	} else if len(p.addrs) > 1 || s.Cluster {
		p.kind = cluster
	}
	if path != "" {
		if p.db, err = strconv.Atoi(path); err != nil || p.db < 0 {
			return place{}, errors.New("the path of the storage URL must be the number of a database, 0 or more")
		}
	}
	if p.kind == cluster && p.db != 0 {
		return place{}, errors.New("a Redis Cluster has only database 0; take the number out of the storage URL")
	}
	if strings.HasPrefix(scheme, "rediss") {
		p.tls = &tls.Config{MinVersion: tls.VersionTLS12}
		if len(p.addrs) == 1 && p.kind == standalone {
			p.tls.ServerName, _, _ = net.SplitHostPort(p.addrs[0])
		}
	}
	return p, nil
}

// readQuery refuses what it does not know, so that a misspelt option is seen.
func (p *place) readQuery(query string, known ...string) (url.Values, error) {
	values, err := url.ParseQuery(query)
	if err != nil {
		return nil, errors.New("the part after the question mark of the storage URL cannot be read")
	}
	for name := range values {
		if !slices.Contains(known, name) {
			return nil, fmt.Errorf("the storage URL has the unknown option %q; known here are %s", name, strings.Join(known, ", "))
		}
	}
	if db := values.Get("db"); db != "" {
		if p.db, err = strconv.Atoi(db); err != nil || p.db < 0 {
			return nil, errors.New("the option db of the storage URL must be a number, 0 or more")
		}
	}
	return values, nil
}

func hostPort(host, port string) (string, error) {
	if host == "" {
		return "", errors.New("the storage URL names no host; it looks like redis://host:6379")
	}
	if name, number, err := net.SplitHostPort(host); err == nil {
		if _, err := strconv.ParseUint(number, 10, 16); err != nil || name == "" {
			return "", fmt.Errorf("the storage URL has a host with an unusable port: %q", host)
		}
		return host, nil
	}
	if strings.Contains(strings.Trim(host, "[]"), ":") && !strings.HasPrefix(host, "[") {
		return "", fmt.Errorf("the storage URL has an unusable host: %q", host)
	}
	return net.JoinHostPort(strings.Trim(host, "[]"), port), nil
}
