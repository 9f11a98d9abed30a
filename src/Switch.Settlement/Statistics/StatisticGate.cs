using Switch.Settlement.Records;
using Switch.Settlement.Store;

namespace Switch.Settlement.Statistics;

/// <summary>A gate of their own: sums that take seconds hold up no lookup of a payment.</summary>
internal sealed class StatisticGate : QueryGate
{
    /// <summary>Sums that run at once.</summary>
    public new const int RunningMax = 2;

    /// <summary>Sums that run or wait.</summary>
    public new const int AdmittedMax = 16;

    public StatisticGate(SettlementDatabase database, TimeProvider time, ILogger<QueryGate> logger)
        : base(database, RunningMax, AdmittedMax, time, logger)
    {
    }
}
