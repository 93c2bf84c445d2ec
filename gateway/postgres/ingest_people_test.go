package postgres_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/schema"
)

// TestOneBindingForEachIdentifier lets eight writers register births of the
// same few people: one live binding for each identifier, one entity for each
// person, and every mention linked to it (invariant I7).
func TestOneBindingForEachIdentifier(t *testing.T) {
	const writers, pushes, people = 8, 12, 9
	b := setup(t)
	person := func(i int) *schema.Person {
		return &schema.Person{
			FullName: fmt.Sprintf("Nguyễn Văn %c", 'A'+i), Birth: born(t, 1980+i),
			Identifiers: []schema.Identifier{{Scheme: schema.SchemePersonalNumber, Value: fmt.Sprintf("0270%02d%06d", 80+i, i)}},
		}
	}
	var g errgroup.Group
	for w := range writers {
		g.Go(func() error {
			random := rand.New(rand.NewPCG(uint64(w), 11))
			for p := range pushes {
				var u gateway.Unit
				for k := range 3 {
					parents := random.Perm(people)[:2]
					u.Submissions = append(u.Submissions, unit(t, birth(t, w*1000+p*10+k, person(parents[0]), person(parents[1]))).Submissions...)
				}
				out, err := b.store.Ingest(t.Context(), []gateway.Unit{u})
				if err != nil {
					return err
				}
				if got := out.Units[0].Answer.Summary; got != (gateway.Summary{Accepted: 3}) {
					return fmt.Errorf("writer %d: %+v", w, got)
				}
			}
			return nil
		})
	}
	require.NoError(t, g.Wait())
	require.Equal(t, people, b.count(t, `SELECT count(*) FROM identifier_binding WHERE kind = 'person'`))
	require.Equal(t, people, b.count(t, `SELECT count(*) FROM entity WHERE kind = 'person'`))
	require.Equal(t, people, b.count(t, `SELECT count(DISTINCT b.entity_id) FROM identifier_binding b JOIN entity e ON e.id = b.entity_id WHERE e.kind = 'person' AND e.revision = 1`))
	require.Equal(t, writers*pushes*3*2, b.count(t, `SELECT count(*) FROM mention WHERE ground = 'identifier' AND entity_id IN (SELECT entity_id FROM identifier_binding)`))
	require.Equal(t, 0, b.count(t, `SELECT count(*) FROM mention m JOIN entity e ON e.id = m.entity_id JOIN record r ON r.id = m.record_id
		WHERE e.body::jsonb ->> 'full_name' <> r.body::jsonb -> m.role ->> 'full_name'`))
}

func TestNumbersThatCannotBeTheirs(t *testing.T) {
	hanh := &schema.Person{FullName: "Nguyễn Thị Hạnh", Birth: born(t, 1992), Sex: schema.Female, Identifiers: []schema.Identifier{motherNumber}}
	wrong := &schema.Person{FullName: "Phạm Văn Nam", Sex: schema.Male, Identifiers: []schema.Identifier{motherNumber}}

	t.Run("a father with a woman's number does not take it from her", func(t *testing.T) {
		b := setup(t)
		require.Equal(t, []gateway.Verdict{gateway.NeedsReview}, verdicts(b.push(t, birth(t, 1, nil, wrong))))
		require.Equal(t, 0, b.count(t, `SELECT count(*) FROM identifier_binding WHERE scheme = 'pin'`))
		require.Equal(t, 1, b.count(t, `SELECT count(*) FROM mention WHERE role = 'father' AND entity_id IS NULL AND ground = 'contradiction'`))
		require.Equal(t, []gateway.Verdict{gateway.Accepted}, verdicts(b.push(t, birth(t, 2, hanh, nil))))
		require.Equal(t, 1, b.count(t, `SELECT count(*) FROM entity WHERE kind = 'person' AND body::jsonb ->> 'full_name' = 'Nguyễn Thị Hạnh'`))
	})

	t.Run("once the clerk has mended it nobody is asked any more", func(t *testing.T) {
		b := setup(t)
		b.push(t, birth(t, 1, hanh, wrong))
		right := &schema.Person{FullName: "Phạm Văn Nam", Sex: schema.Male, Identifiers: []schema.Identifier{fatherNumber}}
		require.Equal(t, []gateway.Verdict{gateway.Accepted}, verdicts(b.push(t, birth(t, 1, hanh, right))))
		require.Equal(t, 0, b.count(t, `SELECT count(*) FROM record WHERE in_review`))
		require.Equal(t, 2, b.count(t, `SELECT count(*) FROM mention WHERE entity_id IS NOT NULL`))
	})
}

func TestMentionsTouchOnlyWhatTheyChange(t *testing.T) {
	b := setup(t)
	owner := func(i int) gateway.PreparedRecord {
		return dossier(t, i, func(d *schema.Dossier) { d.Applicant.Identifiers = []schema.Identifier{motherNumber} })
	}
	b.push(t, owner(1))
	b.push(t, owner(2), owner(3))
	require.Equal(t, 1, b.count(t, `SELECT revision FROM entity WHERE kind = 'person'`), "a bank is mentioned ten thousand times")
	require.Equal(t, 1, b.count(t, `SELECT count(*) FROM change_inbox WHERE entity_kind = 'person'`))
	b.push(t, birth(t, 4, &schema.Person{FullName: "Nguyễn Thị Hạnh", Birth: born(t, 1992), Identifiers: []schema.Identifier{motherNumber}}, nil))
	require.Equal(t, 2, b.count(t, `SELECT revision FROM entity WHERE kind = 'person'`), "now her birth is known")
}
