using System.Security.Cryptography;
using Dapper;
using Switch.Settlement.Days;
using Switch.Settlement.Store;

namespace Switch.Settlement.Reconciliation;

/// <summary>The rows of reconciliation within one transaction.</summary>
internal sealed class ReconciliationTables(SettlementDatabase database, StoreTransaction transaction, long nowMs)
{
    /// <summary>Who resolves an exception that a later file explains.</summary>
    public const string Machine = "reconciliation";

    private const string InsertFile =
        "INSERT INTO imported_file (id, kind, acquirer, name, sha256, covered_date, lines, exceptions, imported_ms) "
        + "VALUES (@id, @kind, @acquirer, @name, @sha256, @covered, @lines, @exceptions, @nowMs)";

    private const string InsertException =
        "INSERT INTO reconciliation_exception (id, import_id, line_no, outcome, acquirer, subject, direction, rrn, "
        + "approval_code, card_last_four, business_date, ours_currency, ours_minor, theirs_currency, theirs_minor, "
        + "opened_ms, resolved_ms, resolved_by, note) VALUES (@Id, @ImportId, @LineNo, @Outcome, @Acquirer, @Subject, "
        + "@Direction, @Rrn, @ApprovalCode, @CardLastFour, @BusinessDate, @OursCurrency, @OursMinor, @TheirsCurrency, "
        + "@TheirsMinor, @OpenedMs, 0, '', '')";

    private readonly IdBlocks _ids = new(database);

    /// <summary>Number of the file that is imported.</summary>
    public long ImportId { get; private set; }

    /// <summary>Exceptions that were opened.</summary>
    public long Opened { get; private set; }

    /// <summary>Exceptions that were settled.</summary>
    public long Settled { get; private set; }

    /// <summary>Why a file cannot be imported again; null when it was never imported.</summary>
    public string? RefusalOf(FileKind kind, string acquirer, string sha256, string name)
    {
        var known = transaction.Connection.QueryFirstOrDefault<KnownFile>(
            "SELECT name AS Name, imported_ms AS ImportedMs FROM imported_file "
            + "WHERE kind = @kind AND acquirer = @acquirer AND sha256 = @sha256",
            new { kind = (int)kind, acquirer, sha256 }, transaction.Transaction);
        return known is null
            ? null
            : $"{name}: imported already, as {known.Name} on "
                + $"{DateTimeOffset.FromUnixTimeMilliseconds(known.ImportedMs):yyyy-MM-dd HH:mm:ss} UTC";
    }

    /// <summary>Takes a number for the file; its row comes with <see cref="End"/>.</summary>
    public void Begin() => ImportId = _ids.Next(transaction, "imported_file");

    /// <summary>Writes the file's row.</summary>
    public void End(FileKind kind, string acquirer, string sha256, string name, string covered, long lines) => Execute(
        InsertFile,
        new { id = ImportId, kind = (int)kind, acquirer, name, sha256, covered, lines, exceptions = Opened, nowMs });

    /// <summary>Opens an exception.</summary>
    public void Open(ExceptionRow row)
    {
        row.Id = _ids.Next(transaction, "reconciliation_exception");
        row.ImportId = ImportId;
        row.OpenedMs = nowMs;
        Execute(InsertException, row);
        Opened++;
    }

    /// <summary>Settles what an earlier file left open about our side.</summary>
    public void SettleSubject(string subject, int direction, string file) => Settled += Execute(
        "UPDATE reconciliation_exception SET resolved_ms = @nowMs, resolved_by = @Machine, note = @note "
        + "WHERE subject = @subject AND direction = @direction AND outcome = @outcome AND resolved_ms = 0",
        new
        {
            nowMs,
            Machine,
            note = $"found in {file}",
            subject,
            direction,
            outcome = (int)MatchOutcome.MissingOnTheirs,
        });

    /// <summary>Settles one exception.</summary>
    public void Settle(long id, string note) => Settled += Execute(
        "UPDATE reconciliation_exception SET resolved_ms = @nowMs, resolved_by = @Machine, note = @note "
        + "WHERE id = @id AND resolved_ms = 0", new { nowMs, Machine, note, id });

    /// <summary>Whether there is an exception about our side, open or resolved.</summary>
    public bool HasException(string subject, int direction) => transaction.Connection.ExecuteScalar<long>(
        "SELECT COUNT(*) FROM reconciliation_exception WHERE subject = @subject AND direction = @direction",
        new { subject, direction }, transaction.Transaction) > 0;

    /// <summary>Runs a statement in the transaction; how many rows it changed.</summary>
    public int Execute(string sql, object parameters) =>
        transaction.Connection.Execute(sql, parameters, transaction.Transaction);

    /// <summary>Runs a query in the transaction.</summary>
    public List<T> Query<T>(string sql, object parameters) =>
        transaction.Connection.Query<T>(sql, parameters, transaction.Transaction).AsList();

    /// <summary>The SHA-256 of a file, lower-case hexadecimal digits.</summary>
    public static string Digest(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));

    /// <summary>A date that is stored.</summary>
    public static string Text(DateOnly date) => BusinessDay.Text(date);

    private sealed class KnownFile
    {
        public string Name { get; set; } = "";

        public long ImportedMs { get; set; }
    }
}

/// <summary>What was imported. Stored: never change a number.</summary>
internal enum FileKind
{
    /// <summary>An acquirer's file.</summary>
    Acquirer = 1,

    /// <summary>A bank statement.</summary>
    Bank = 2,
}

/// <summary>A row of the exceptions.</summary>
internal sealed class ExceptionRow
{
    public long Id { get; set; }

    public long ImportId { get; set; }

    public long LineNo { get; set; }

    public long Outcome { get; set; }

    public string Acquirer { get; set; } = "";

    public string Subject { get; set; } = "";

    public long Direction { get; set; }

    public string Rrn { get; set; } = "";

    public string ApprovalCode { get; set; } = "";

    public string CardLastFour { get; set; } = "";

    public string BusinessDate { get; set; } = "";

    public string OursCurrency { get; set; } = "";

    public long OursMinor { get; set; }

    public string TheirsCurrency { get; set; } = "";

    public long TheirsMinor { get; set; }

    public long OpenedMs { get; set; }
}
