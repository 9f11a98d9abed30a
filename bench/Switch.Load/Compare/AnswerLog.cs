using Switch.Load.Doors;

namespace Switch.Load.Compare;

/// <summary>Every answer of a run: approvals with what has to be found again, all else counted by name.</summary>
internal sealed class AnswerLog
{
    private readonly Lock _gate = new();
    private readonly List<(UInt128 Transaction, Approval Approval)> _approvals = [];
    private readonly Dictionary<string, int> _others = [];

    /// <summary>Approvals so far: each owes an event.</summary>
    public int ApprovalsCount
    {
        get { lock (_gate) return _approvals.Count; }
    }

    public IReadOnlyList<(UInt128 Transaction, Approval Approval)> Approvals => _approvals;

    /// <summary>What was no approval.</summary>
    public IReadOnlyDictionary<string, int> Others => _others;

    public void Add(Reply reply)
    {
        if (!reply.IsApproved || reply.Answer!.Replayed)
        {
            lock (_gate) _others[reply.Name] = _others.GetValueOrDefault(reply.Name) + 1;
            return;
        }

        var answer = reply.Answer;
        var entry = (
            Ids.Transaction(answer.TransactionId),
            new Approval(
                Ids.Rrn(answer.RetrievalReferenceNumber), answer.ApprovedAmount.AmountMinor,
                Ids.Rrn(answer.ApprovalCode)));
        lock (_gate) _approvals.Add(entry);
    }
}
