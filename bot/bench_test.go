package bot

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"alignbot/commands"
	"alignbot/pipeline"
	"alignbot/storage"
	"alignbot/storage/redistest"
)

// bareSlack is as little of Slack as a bot can run on, so that a benchmark
// measures the bot: it says who everybody is, and hands over its sockets.
func bareSlack(b *testing.B) (*httptest.Server, <-chan *websocket.Conn) {
	sockets := make(chan *websocket.Conn, 16)
	var server *httptest.Server
	upgrader := websocket.Upgrader{WriteBufferSize: 16 << 10}
	mux := http.NewServeMux()
	answer := func(path, body string) {
		mux.HandleFunc(path, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			fmt.Fprint(w, strings.ReplaceAll(body, "HOST", strings.TrimPrefix(server.URL, "http://")))
		})
	}
	answer("/auth.test", `{"ok":true,"url":"https://acme.slack.com/","team_id":"T0ACME","user_id":"U0BOT","bot_id":"B0BOT","user":"alignbot"}`)
	answer("/bots.info", `{"ok":true,"bot":{"id":"B0BOT","app_id":"A0"}}`)
	answer("/users.info", `{"ok":true,"user":{"id":"U0BOB","team_id":"T0ACME","name":"bob"}}`)
	answer("/respond", `{"ok":true}`)
	answer("/apps.connections.open", `{"ok":true,"url":"ws://HOST/socket"}`)
	mux.HandleFunc("/socket", func(w http.ResponseWriter, r *http.Request) {
		conn, err := upgrader.Upgrade(w, r, nil)
		if err != nil {
			b.Error(err)
			return
		}
		conn.WriteMessage(websocket.TextMessage, []byte(`{"type":"hello","num_connections":1}`))
		sockets <- conn
	})
	server = httptest.NewServer(mux)
	b.Cleanup(server.Close)
	return server, sockets
}

// BenchmarkAcknowledge measures from the frame sent to the acknowledgement
// read, and the CPU time of both sides for one command. "floor" is the same
// exchange with a server that only echoes.
func BenchmarkAcknowledge(b *testing.B) {
	slash := func(n int, words, slackAt string) string {
		return fmt.Sprintf(`{"envelope_id":"e-%d","type":"slash_commands","accepts_response_payload":true,"payload":{"token":"x","team_id":"T0ACME","team_domain":"acme","channel_id":"C0PAYMENTS","channel_name":"payments","user_id":"U0BOB","user_name":"bob","command":"/idea","text":%q,"api_app_id":"A0","is_enterprise_install":"false","response_url":"%s/respond","trigger_id":"1.2.%d"}}`, n, words, slackAt, n)
	}
	store := func(b *testing.B, url string) *storage.DB {
		db, err := storage.Open(b.Context(), storage.Settings{URL: url}, slog.New(slog.DiscardHandler))
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { db.Close() })
		team := pipeline.DefaultTeam("C0PAYMENTS", "payments", pipeline.Person{ID: "U0BOB"})
		team.Key = "PAY"
		if _, err := db.Workspace("T0ACME").SetUpTeam(b.Context(), "bench", team); err != nil {
			b.Fatal(err)
		}
		return db
	}
	b.Run("floor", func(b *testing.B) {
		echo := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			conn, err := (&websocket.Upgrader{}).Upgrade(w, r, nil)
			if err != nil {
				return
			}
			for {
				kind, frame, err := conn.ReadMessage()
				if err != nil || conn.WriteMessage(kind, frame[:40]) != nil {
					return
				}
			}
		}))
		defer echo.Close()
		conn, _, err := websocket.DefaultDialer.Dial("ws"+strings.TrimPrefix(echo.URL, "http"), nil)
		if err != nil {
			b.Fatal(err)
		}
		defer conn.Close()
		exchange(b, conn, func(n int) string { return slash(n, "help", echo.URL) }, false)
	})
	for _, c := range []struct{ name, words string }{{"help", "help"}, {"capture", "add Export invoices as CSV"}} {
		b.Run(c.name, func(b *testing.B) {
			server, sockets := bareSlack(b)
			bot, err := New(Settings{APIURL: server.URL, BotToken: "xoxb-1", AppToken: "xapp-1", PostPace: time.Hour}, Parts{
				DB: store(b, redistest.Start(b)), Entries: commands.List(), Log: slog.New(slog.DiscardHandler),
			})
			if err != nil {
				b.Fatal(err)
			}
			ctx, stop := context.WithCancel(context.Background())
			var running sync.WaitGroup
			running.Go(func() {
				if err := bot.Run(ctx); err != nil {
					b.Error(err)
				}
			})
			defer running.Wait()
			defer stop()
			conn := <-sockets
			exchange(b, conn, func(n int) string { return slash(n, c.words, server.URL) }, true)
		})
	}
}

func exchange(b *testing.B, conn *websocket.Conn, frame func(int) string, check bool) {
	once := func(n int) {
		if err := conn.WriteMessage(websocket.TextMessage, []byte(frame(n))); err != nil {
			b.Fatal(err)
		}
		_, ack, err := conn.ReadMessage()
		if err != nil {
			b.Fatal(err)
		}
		var answer struct {
			ID string `json:"envelope_id"`
		}
		if check && (json.Unmarshal(ack, &answer) != nil || answer.ID != fmt.Sprintf("e-%d", n)) {
			b.Fatalf("the answer to %d is %s", n, ack)
		}
	}
	for n := range 50 {
		once(n)
	}
	took := make([]time.Duration, 0, 1024)
	before := cpu()
	n := 1000
	for b.Loop() {
		began := time.Now()
		once(n)
		took = append(took, time.Since(began))
		n++
	}
	spent := cpu() - before
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds()), "p50-µs")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "p99-µs")
	b.ReportMetric(float64(spent.Microseconds())/float64(len(took)), "cpu-µs/op")
}

// cpu time of this process.
func cpu() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
