package page_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
)

func TestACanvasIsReadFromItsChannel(t *testing.T) {
	sim, address := serve(t)
	id, err := sim.WriteCanvas(t.Context(), "bob", "payments", "Ours", "# Goal\n\n<script>alert(1)</script>")
	if err != nil {
		t.Fatal(err)
	}
	get := func(path string) (int, string) {
		t.Helper()
		response, err := http.Get(address + path)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		body, err := io.ReadAll(response.Body)
		if err != nil {
			t.Fatal(err)
		}
		return response.StatusCode, string(body)
	}
	link := "/docs/T0ACME/" + id + "?as=alice"
	if _, page := get("/?as=alice&in=C0PAYMENTS"); !strings.Contains(page, `href="`+link+`">Canvas: Ours`) {
		t.Errorf("the heading does not lead to it: %s", page[strings.Index(page, "heading-row"):][:800])
	}
	if code, page := get(link); code != http.StatusOK || !strings.Contains(page, "# Goal") || strings.Contains(page, "<script>alert") {
		t.Errorf("%d %s", code, page)
	}
	if code, page := get("/docs/T0ACME/F0NONE?as=alice"); code != http.StatusNotFound || !strings.Contains(page, "sees no canvas") {
		t.Errorf("%d %s", code, page)
	}
}
