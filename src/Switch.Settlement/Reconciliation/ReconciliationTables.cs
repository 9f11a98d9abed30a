using System.Data;
using System.Data.Common;
using System.Security.Cryptography;
using Dapper;
using Switch.Settlement.Store;

namespace Switch.Settlement.Reconciliation;

/// <summary>The rows of reconciliation within one transaction.</summary>
internal sealed class ReconciliationTables(SettlementDatabase database, StoreTransaction transaction, long nowMs)
    : IDisposable
{
    /// <summary>Who resolves an exception that a later file explains.</summary>
    public const string Machine = "reconciliation";

    private const string InsertFile =
        "INSERT INTO imported_file (id, kind, acquirer, name, sha256, covered_date, lines, exceptions, imported_ms) "
        + "VALUES (@id, @kind, @acquirer, @name, @sha256, @covered, @lines, @exceptions, @nowMs)";

    private const string InsertException =
        "INSERT INTO reconciliation_exception (id, import_id, line_no, position_no, outcome, acquirer, subject, "
        + "direction, rrn, approval_code, card_last_four, business_date, ours_currency, ours_minor, theirs_currency, "
        + "theirs_minor, opened_ms, resolved_ms, resolved_by, note) VALUES (@Id, @ImportId, @LineNo, @PositionNo, "
        + "@Outcome, @Acquirer, @Subject, @Direction, @Rrn, @ApprovalCode, @CardLastFour, @BusinessDate, "
        + "@OursCurrency, @OursMinor, @TheirsCurrency, @TheirsMinor, @OpenedMs, 0, '', '')";

    private const string InsertTotal =
        "INSERT INTO imported_total (import_id, currency, lines, amount_minor) "
        + "VALUES (@ImportId, @currency, @count, @minor)";

    private const string InsertAccounted =
        "INSERT INTO accounted_line (transaction_id, direction, import_id, line_no, outcome, difference_minor) "
        + "VALUES (@transactionId, @direction, @importId, @lineNo, @outcome, @difference)";

    private DbCommand? _account;
    private readonly IdBlocks _ids = new(database);

    /// <summary>Number of the file that is imported.</summary>
    public long ImportId { get; private set; }

    /// <summary>Exceptions that were opened.</summary>
    public long Opened { get; private set; }

    /// <summary>Exceptions that were settled.</summary>
    public long Settled { get; private set; }

    /// <summary>
    /// Why a file cannot be imported again; null when it was never imported. Without lines it is another file for
    /// another date.
    /// </summary>
    public static string? RefusalOf(
        DbConnection connection, FileKind kind, string acquirer, string sha256, string covered, string name)
    {
        var known = connection.QueryFirstOrDefault<KnownFile>(
            "SELECT name AS Name, imported_ms AS ImportedMs FROM imported_file "
            + "WHERE kind = @kind AND acquirer = @acquirer AND sha256 = @sha256 "
            + "AND (covered_date = @covered OR lines > 0)",
            new { kind = (int)kind, acquirer, sha256, covered });
        return known is null
            ? null
            : $"{name}: imported already, as {known.Name} on "
                + $"{DateTimeOffset.FromUnixTimeMilliseconds(known.ImportedMs):yyyy-MM-dd HH:mm:ss} UTC";
    }

    /// <summary>The last file of a kind and acquirer that was imported; 0 when none was.</summary>
    public static long LastImport(
        DbConnection connection, DbTransaction? within, FileKind kind, string acquirer) => connection
        .ExecuteScalar<long>(
            "SELECT COALESCE(MAX(id), 0) FROM imported_file WHERE kind = @kind AND acquirer = @acquirer",
            new { kind = (int)kind, acquirer }, within);

    /// <summary>
    /// Waits until no other import of the acquirer's files writes, and keeps them out until the transaction ends. On
    /// PostgreSQL a shared transaction keeps no other out; SQLite has one writer.
    /// </summary>
    public void LockImports(string acquirer)
    {
        if (database.Dialect == StoreDialect.Sqlite) return;
        Execute(
            "SELECT pg_advisory_xact_lock(hashtextextended("
            + "'cardswitch.settlement.import.' || current_schema() || '.' || @acquirer, 0))", new { acquirer });
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
        row.OpenedMs = nowMs;
        Execute(InsertException, row);
        Opened++;
    }

    /// <summary>Calls a line a duplicate that an earlier file had: what it was missing for has another line.</summary>
    public void Repeat(long id) => Execute(
        "UPDATE reconciliation_exception SET outcome = @duplicate WHERE id = @id AND resolved_ms = 0",
        new { id, duplicate = (int)MatchOutcome.Duplicate });

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

    /// <summary>Whether a person was told of our side, and nothing has explained it since.</summary>
    public bool HasException(string subject, int direction) => transaction.Connection.ExecuteScalar<long>(
        "SELECT COUNT(*) FROM reconciliation_exception WHERE subject = @subject AND direction = @direction "
        + "AND resolved_by <> @Machine", new { subject, direction, Machine }, transaction.Transaction) > 0;

    /// <summary>Keeps what the lines of the file add up to in a currency.</summary>
    public void Total(string currency, long count, long minor) =>
        Execute(InsertTotal, new { ImportId, currency, count, minor });

    /// <summary>Keeps that the file accounts for a movement of ours. Runs once a line: prepared.</summary>
    public void Account(string transactionId, int direction, long lineNo, MatchOutcome outcome, long difference)
    {
        _account ??= Prepare();
        var parameters = _account.Parameters;
        parameters[0].Value = transactionId;
        parameters[1].Value = (long)direction;
        parameters[2].Value = ImportId;
        parameters[3].Value = lineNo;
        parameters[4].Value = (long)outcome;
        parameters[5].Value = difference;
        _account.ExecuteNonQuery();
    }

    /// <summary>Takes back that a movement of ours was netted: its other half stands in a file.</summary>
    public void Release(string transactionId, int direction) => Execute(
        "DELETE FROM accounted_line WHERE transaction_id = @transactionId AND direction = @direction "
        + "AND outcome = @netted",
        new { transactionId, direction, netted = (int)MatchOutcome.Netted });

    /// <summary>Lets the prepared statement go.</summary>
    public void Dispose() => _account?.Dispose();

    /// <summary>Runs a statement in the transaction; how many rows it changed.</summary>
    public int Execute(string sql, object parameters) =>
        transaction.Connection.Execute(sql, parameters, transaction.Transaction);

    /// <summary>Runs a query in the transaction.</summary>
    public List<T> Query<T>(string sql, object parameters) =>
        transaction.Connection.Query<T>(sql, parameters, transaction.Transaction).AsList();

    /// <summary>The SHA-256 of a file, lower-case hexadecimal digits.</summary>
    public static string Digest(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));

    private DbCommand Prepare()
    {
        var command = transaction.Command(InsertAccounted);
        Parameter(command, "transactionId", DbType.String);
        foreach (var name in (ReadOnlySpan<string>)["direction", "importId", "lineNo", "outcome", "difference"])
            Parameter(command, name, DbType.Int64);
        command.Prepare();
        return command;
    }

    private static void Parameter(DbCommand command, string name, DbType type)
    {
        var parameter = command.CreateParameter();
        (parameter.ParameterName, parameter.DbType) = ("@" + name, type);
        command.Parameters.Add(parameter);
    }

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

    /// <summary>The file that shows it, or lacks it.</summary>
    public long ImportId { get; set; }

    public long LineNo { get; set; }

    /// <summary>Which of a bank statement's lines, from 0; -1 when it is none of them.</summary>
    public long PositionNo { get; set; } = -1;

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
