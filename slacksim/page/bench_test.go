package page_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"testing"

	"alignbot/slacksim"
	"alignbot/slacksim/page"
)

// BenchmarkShow draws the whole page of a busy channel.
func BenchmarkShow(b *testing.B) {
	sim, err := slacksim.New(slacksim.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer sim.Close()
	for i := range 500 {
		if err := sim.Type(context.Background(), "bob", "general", fmt.Sprintf("Message %d for @alice with *bold* and https://example.com", i)); err != nil {
			b.Fatal(err)
		}
	}
	handler := page.Handler(sim)
	b.ReportAllocs()
	for b.Loop() {
		w := httptest.NewRecorder()
		r := httptest.NewRequest("GET", "/?as=alice&in=C0GENERAL", nil)
		r.Host = "localhost"
		handler.ServeHTTP(w, r)
		if w.Code != 200 {
			b.Fatal(w.Code)
		}
		b.SetBytes(int64(w.Body.Len()))
	}
}
