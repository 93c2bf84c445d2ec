package journal_test

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/lienthong/lienthong/internal/journal"
)

var (
	moment = time.Date(2026, 1, 31, 8, 2, 3, 4000, time.FixedZone("", 7*3600))
	subID  = uuid.MustParse("01a20254-dd9a-7000-8000-000000000001")
)

func TestLine(t *testing.T) {
	line := journal.NewLine(journal.Submission, moment, subID).Text("source", `m"c`).Text("empty", "").Int("none", 0).Int("n", -4).
		Hex("sum", []byte{1, 254}).ID("nobody", uuid.Nil).IDs("links", []uuid.UUID{subID, subID}).Ints("positions", []int64{4, 5}).Time("t", moment).
		List("records", 2, func(i int, l *journal.Line) {
			if i == 1 {
				l.Text("verdict", "rejected")
			}
		}).String()
	require.Equal(t, `{"kind":"submission","at":"2026-01-31T01:02:03.000004Z","id":"01a20254-dd9a-7000-8000-000000000001","source":"m\"c","n":-4,"sum":"01fe",`+
		`"links":["01a20254-dd9a-7000-8000-000000000001","01a20254-dd9a-7000-8000-000000000001"],"positions":[4,5],"t":"2026-01-31T01:02:03.000004Z",`+
		`"records":[{},{"verdict":"rejected"}]}`, line)
	require.True(t, json.Valid([]byte(line)))
	head, err := journal.ParseHead(line)
	require.NoError(t, err)
	require.Equal(t, journal.Head{Kind: journal.Submission, At: moment.UTC(), ID: subID}, head)
	for _, bad := range []string{"", "late", `{"kind":"x"}`, strings.Replace(line, "2026-01-31T", "2026-13-31T", 1), strings.Replace(line, "01a20254", "01a2025z", 1)} {
		_, err := journal.ParseHead(bad)
		require.Error(t, err, bad)
	}
}

// TestTreeOfRFC6962 compares with the vectors of the certificate-transparency project.
func TestTreeOfRFC6962(t *testing.T) {
	var leaves []journal.Hash
	roots := []string{
		"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
		"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
		"fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
		"aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
		"d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
		"4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
		"76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
		"ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
		"5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
	}
	for i, data := range []string{"", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"} {
		require.Equal(t, roots[i], journal.Root(leaves).String())
		raw, err := hex.DecodeString(data)
		require.NoError(t, err)
		leaves = append(leaves, journal.Leaf(string(raw)))
	}
	require.Equal(t, roots[8], journal.Root(leaves).String())
}

func TestPathsLeadToTheRoot(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		leaves := make([]journal.Hash, rapid.IntRange(1, 70).Draw(t, "n"))
		for i := range leaves {
			leaves[i] = journal.Leaf(fmt.Sprint(i))
		}
		at := rapid.IntRange(0, len(leaves)-1).Draw(t, "leaf")
		path := journal.Path(leaves, at)
		root, ok := journal.RootOf(leaves[at], at, len(leaves), path)
		require.True(t, ok)
		require.Equal(t, journal.Root(leaves), root)
		other := rapid.IntRange(0, len(leaves)-1).Draw(t, "other")
		if root, ok := journal.RootOf(leaves[at], other, len(leaves), path); other != at && ok {
			require.NotEqual(t, journal.Root(leaves), root, "a leaf proves its own place alone")
		}
		_, ok = journal.RootOf(leaves[at], at, len(leaves), append(path, journal.Hash{}))
		require.False(t, ok)
		require.Equal(t, leaves, journal.Unpack(journal.Pack(leaves)))
	})
}

func TestKeys(t *testing.T) {
	key, err := journal.GenerateKey()
	require.NoError(t, err)
	private, err := key.PrivatePEM()
	require.NoError(t, err)
	public, err := key.PublicPEM()
	require.NoError(t, err)
	require.Regexp(t, "^[0-9a-f]{16}$", key.ID())

	t.Run("come back from PEM and from its base64 alone", func(t *testing.T) {
		body := strings.Join(strings.Split(strings.TrimSpace(string(private)), "\n")[1:2], "")
		for _, text := range []string{string(private), body} {
			again, err := journal.ParseKey(text)
			require.NoError(t, err)
			require.Equal(t, key.ID(), again.ID())
		}
		for _, text := range []string{"", "secret-canary", string(public), "AAAA"} {
			_, err := journal.ParseKey(text)
			require.Error(t, err)
			require.NotContains(t, err.Error(), "canary")
		}
	})

	t.Run("several in one file", func(t *testing.T) {
		other, err := journal.GenerateKey()
		require.NoError(t, err)
		more, err := other.PublicPEM()
		require.NoError(t, err)
		keys, err := journal.ParseKeys(append(append([]byte("# earlier\n"), public...), more...))
		require.NoError(t, err)
		require.Len(t, keys, 2)
		require.True(t, keys.Verify(other.ID(), []byte("m"), other.Sign([]byte("m"))))
		require.False(t, keys.Verify(key.ID(), []byte("m"), other.Sign([]byte("m"))))
		require.False(t, keys.Verify("nobody", []byte("m"), nil))
		_, err = journal.ParseKeys([]byte("none"))
		require.Error(t, err)
	})

	t.Run("never print", func(t *testing.T) {
		secret := strings.Split(string(private), "\n")[1]
		for _, format := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
			require.NotContains(t, fmt.Sprintf(format, key), secret[10:30])
			require.Contains(t, fmt.Sprintf(format, key), key.ID())
		}
	})
}

func TestReceipt(t *testing.T) {
	key, err := journal.GenerateKey()
	require.NoError(t, err)
	items := []journal.Item{{ID: subID, SHA256: journal.Leaf("a")}, {ID: uuid.New(), SHA256: journal.Leaf("b")}}
	r := journal.NewReceipt(key, moment, items)
	require.Equal(t, r, journal.NewReceipt(key, moment, items), "the same again")
	require.NoError(t, r.Verify(items, key.Keys()))
	text, err := json.Marshal(r)
	require.NoError(t, err)
	var again journal.Receipt
	require.NoError(t, json.Unmarshal(text, &again))
	require.NoError(t, again.Verify(items, key.Keys()))
	require.Equal(t, "lienthong/journal/receipt/v1\n2026-01-31T01:02:03.000004Z\n2\n"+r.Root.String()+"\n"+key.ID()+"\n", string(r.Bytes()))

	for name, change := range map[string]func(*journal.Receipt){
		"time":      func(r *journal.Receipt) { r.Time = r.Time.Add(time.Microsecond) },
		"count":     func(r *journal.Receipt) { r.Count++ },
		"root":      func(r *journal.Receipt) { r.Root[0]++ },
		"key":       func(r *journal.Receipt) { r.KeyID = "0000000000000000" },
		"signature": func(r *journal.Receipt) { r.Signature[0]++ },
	} {
		t.Run("another "+name+" is found", func(t *testing.T) {
			forged := r
			forged.Signature = append([]byte(nil), r.Signature...)
			change(&forged)
			require.Error(t, forged.Verify(items, key.Keys()))
		})
	}
	require.Error(t, r.Verify(items[:1], key.Keys()))
}

func TestHeaderBytes(t *testing.T) {
	h := journal.Header{Number: 7, First: 40, Count: 3, SealedAt: moment, KeyID: "k"}
	zeros := strings.Repeat("00", 32)
	require.Equal(t, "lienthong/journal/batch/v1\n7\n40\n3\n2026-01-31T01:02:03.000004Z\n"+zeros+"\n"+zeros+"\nk\n", string(h.Bytes()))
	require.EqualValues(t, 42, h.Last())
}
