using Switch.Settlement.Books;
using Switch.Settlement.Store;

namespace Switch.Settlement.Consuming;

/// <summary>
/// The tables of the books as the batch path reads and writes them, as fast as each store can: prepared statements on
/// SQLite, COPY on PostgreSQL. Bound to one connection; used by one thread, inside a transaction of that connection.
/// </summary>
internal interface IBatchTables : IDisposable
{
    /// <summary>Reads the payments that are in the store already; each id comes once.</summary>
    void ReadPayments(
        StoreTransaction transaction, IReadOnlyCollection<string> transactionIds, Dictionary<string, PaymentRow> found);

    /// <summary>
    /// Reads the events of payments that are in the store into them; see <see cref="PaymentRow.Know"/>.
    /// </summary>
    void ReadEvents(StoreTransaction transaction, IReadOnlyList<PaymentRow> payments);

    /// <summary>
    /// Reads the lines of the approvals into <see cref="PaymentRow.ApprovalLines"/>; a fee rule is found by the number
    /// of
    /// its row, never 0.
    /// </summary>
    void ReadApprovals(
        StoreTransaction transaction, IReadOnlyList<PaymentRow> payments, Func<int, FeeRule> ruleOf);

    /// <summary>Writes all rows; dead letters with their topic and the time, Unix milliseconds.</summary>
    void Write(StoreTransaction transaction, BatchRows rows, string topic, long nowMs);
}
