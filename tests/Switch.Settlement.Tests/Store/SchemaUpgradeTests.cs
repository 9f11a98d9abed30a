using System.Data.Common;
using Switch.Settlement.Files;

namespace Switch.Settlement.Tests.Store;

/// <summary>A store that an older program has filled and this one opens.</summary>
public sealed class SchemaUpgradeTests
{
    // Of the statement (1) one line that an exception can be of and two that are alike; of the acquirer's file (2) an
    // exception that reads like a line of the statement.
    private const string Filled = """
        INSERT INTO imported_file
          (id, kind, acquirer, name, sha256, covered_date, lines, exceptions, imported_ms) VALUES
          (1, 2, '', 'bank.xml', 'aa', '', 4, 3, 5), (2, 1, 'alpha', 'alpha.csv', 'bb', '2026-03-02', 1, 1, 5);
        INSERT INTO bank_line (import_id, position_no, line_no, account, reference, end_to_end_id, currency,
          amount_minor, booked_date, text, outcome, entry_id) VALUES
          (1, 0, 20, 'A', 'R2', '', 'EUR', 700, '2026-03-03', '', 4, 0),
          (1, 1, 20, 'A', 'R2', '', 'EUR', 700, '2026-03-03', '', 4, 0),
          (1, 2, 10, 'A', 'R1', '', 'EUR', 500, '2026-03-03', '', 4, 0),
          (1, 3, 10, 'A', 'R1', '', 'EUR', 600, '2026-03-03', '', 1, 0);
        INSERT INTO reconciliation_exception (id, import_id, line_no, outcome, acquirer, subject, direction, rrn,
          approval_code, card_last_four, business_date, ours_currency, ours_minor, theirs_currency, theirs_minor,
          opened_ms, resolved_ms, resolved_by, note) VALUES
          (1, 1, 10, 4, '', '', 0, 'R1', '', '', '2026-03-03', '', 0, 'EUR', 500, 5, 0, '', ''),
          (2, 1, 20, 4, '', '', 0, 'R2', '', '', '2026-03-03', '', 0, 'EUR', 700, 5, 0, '', ''),
          (3, 1, 20, 4, '', '', 0, 'R2', '', '', '2026-03-03', '', 0, 'EUR', 700, 5, 0, '', ''),
          (4, 2, 10, 4, 'alpha', '', 1, 'R1', '', '', '2026-03-02', '', 0, 'EUR', 500, 5, 0, '', '');
        INSERT INTO closed_day (business_date, closed_ms, closed_by) VALUES ('2026-03-02', 5, 'anna');
        INSERT INTO payout (id, close_date, merchant_id, currency, brought_minor, net_minor, amount_minor,
          carried_minor, status, hold_reason, value_date, creditor_name, creditor_country, iban, account, bic,
          entry_id) VALUES
          ('P1', '2026-03-02', 'M1', 'EUR', 0, 500, 500, 0, 1, '', '2026-03-03', 'M', 'DE', 'DE89', '', '', 1),
          ('P2', '2026-03-02', 'M2', 'EUR', 0, -50, 0, -50, 3, '', '2026-03-03', 'N', 'DE', 'DE90', '', '', 0);
        """;

    private const string SameFileOf =
        "INSERT INTO imported_file (id, kind, acquirer, name, sha256, covered_date, lines, exceptions, imported_ms) "
        + "SELECT @id, kind, acquirer, name, sha256, @date, 0, 0, 6 FROM imported_file WHERE id = 2";

    [Theory]
    [MemberData(nameof(TestStore.Kinds), MemberType = typeof(TestStore))]
    public void Open_FilledByAnOlderProgram_KeepsAndCompletesWhatIsThere(string kind)
    {
        using var store = TestStore.Create(kind, "0008-file-totals.sql");
        store.Execute(Filled);

        store.Reopen();

        Assert.Equal(
            [2L, -1L, -1L, -1L], store.Rows<long>("SELECT position_no FROM reconciliation_exception ORDER BY id"));
        Assert.Equal(["anna "], store.Rows<string>("SELECT closed_by || ' ' || operator_name FROM closed_day"));
        using var connection = store.Database.OpenConnection();
        var day = ClosedDay.Find(connection, new DateOnly(2026, 3, 2));
        Assert.NotNull(day);
        Assert.Null(day.Operator);
        Assert.Equal(
            ["P1 500 ", "P2 0 "],
            store.Rows<string>("SELECT id || ' ' || amount_minor || ' ' || creditor_town FROM payout ORDER BY id"));
        Assert.Equal(1, store.Execute(SameFileOf, new { id = 3, date = "2026-03-03" }));
        Assert.ThrowsAny<DbException>(() => store.Execute(SameFileOf, new { id = 4, date = "2026-03-02" }));
    }
}
