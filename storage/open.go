package storage

import (
	"context"
	"log/slog"
	"net"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
)

// connections a process may have open to one server: enough for a burst of
// interactions, few enough for servers that allow some hundreds.
const connections = 50

// What go-redis prints by itself would go around the program's log; all of it
// is told by errors too.
func init() { redis.SetLogger(silence{}) }

type silence struct{}

func (silence) Printf(context.Context, string, ...any) {}

// Open prepares the use of the storage. Redis need not be there yet: until it
// is, operations end with ErrUnavailable. Only embedded: is started, and ends
// with Close, unless it is used beside another alignbot; ctx bounds that start.
func Open(ctx context.Context, s Settings, log *slog.Logger) (*DB, error) {
	if err := s.Check(); err != nil {
		return nil, err
	}
	p, err := s.place()
	if err != nil {
		return nil, err
	}
	db := &DB{
		kind:         p.kind,
		timeout:      s.timeout(),
		waitReplicas: s.WaitReplicas,
		evictionOK:   s.AllowEviction,
		log:          log,
		stop:         func() error { return nil },
		stores:       map[string]*Store{},
	}
	options := p.options(db.timeout)
	switch p.kind {
	case memory:
		dial, stop := startMemory(s.Now)
		options.Addr = "memory"
		options.Dialer = func(context.Context, string, string) (net.Conn, error) { return dial() }
		db.client = redis.NewClient(options)
		db.stop = func() error { stop(); return nil }
	case embedded:
		child, err := startChild(ctx, p.dir, s.Beside, log)
		if err != nil {
			return nil, err
		}
		options.Network, options.Addr = "unix", child.socket
		db.client = redis.NewClient(options)
		db.stop = child.stop
	case cluster:
		db.client = redis.NewClusterClient(p.clusterOptions(options))
	case sentinel:
		db.client = redis.NewFailoverClient(p.failoverOptions(options))
	default:
		db.client = redis.NewClient(options)
	}
	return db, nil
}

// options for one server. The client repeats nothing by itself: it would do
// writes twice without an error when a reply is lost. Deadlines are those of
// the context.
func (p place) options(timeout time.Duration) *redis.Options {
	o := &redis.Options{
		Username: p.username, Password: p.password, DB: p.db, TLSConfig: p.tls,
		Protocol:              2,
		MaxRetries:            -1,
		DialTimeout:           timeout,
		DialerRetries:         1,
		ReadTimeout:           timeout,
		WriteTimeout:          timeout,
		PoolTimeout:           timeout,
		PoolSize:              connections,
		ContextTimeoutEnabled: true,
		DisableIdentity:       true,
		MaintNotificationsConfig: &maintnotifications.Config{
			Mode: maintnotifications.ModeDisabled,
		},
	}
	if len(p.addrs) > 0 {
		o.Addr = p.addrs[0]
		if o.Addr[0] == '/' || o.Addr[0] == '.' {
			o.Network = "unix"
		}
	}
	return o
}

// clusterOptions reload the map of slots every second: go-redis does not when
// a master refuses connections, and with one slot per workspace no answer of
// another node would ever tell that it moved.
func (p place) clusterOptions(o *redis.Options) *redis.ClusterOptions {
	return &redis.ClusterOptions{
		Addrs:    p.addrs,
		Username: o.Username, Password: o.Password, TLSConfig: o.TLSConfig,
		Protocol:                   o.Protocol,
		MaxRetries:                 o.MaxRetries,
		DialTimeout:                o.DialTimeout,
		DialerRetries:              o.DialerRetries,
		ReadTimeout:                o.ReadTimeout,
		WriteTimeout:               o.WriteTimeout,
		PoolTimeout:                o.PoolTimeout,
		PoolSize:                   o.PoolSize,
		ContextTimeoutEnabled:      o.ContextTimeoutEnabled,
		DisableIdentity:            o.DisableIdentity,
		MaintNotificationsConfig:   o.MaintNotificationsConfig,
		ClusterStateReloadInterval: time.Second,
	}
}

func (p place) failoverOptions(o *redis.Options) *redis.FailoverOptions {
	return &redis.FailoverOptions{
		MasterName:            p.master,
		SentinelAddrs:         p.addrs,
		SentinelUsername:      p.sentinelUsername,
		SentinelPassword:      p.sentinelPassword,
		Username:              o.Username,
		Password:              o.Password,
		DB:                    o.DB,
		TLSConfig:             o.TLSConfig,
		Protocol:              o.Protocol,
		MaxRetries:            o.MaxRetries,
		DialTimeout:           o.DialTimeout,
		DialerRetries:         o.DialerRetries,
		ReadTimeout:           o.ReadTimeout,
		WriteTimeout:          o.WriteTimeout,
		PoolTimeout:           o.PoolTimeout,
		PoolSize:              o.PoolSize,
		ContextTimeoutEnabled: o.ContextTimeoutEnabled,
		DisableIdentity:       o.DisableIdentity,
	}
}
