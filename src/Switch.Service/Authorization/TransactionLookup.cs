using System.Buffers;
using Switch.Contracts.V1;
using Switch.Service.Idempotency;
using Switch.Service.Keys;
using Switch.Service.Merchants;

namespace Switch.Service.Authorization;

/// <summary>
/// What became of a transaction, from its record. Whoever calls gets the answers to its own terminals only: a key names
/// the terminal, and with an id the record does.
/// </summary>
internal sealed class TransactionLookup
{
    private const int TransactionIdLength = 32;
    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");

    private readonly MerchantDirectory _merchants;
    private readonly TransactionIdentity _identity;
    private readonly RecordStore _store;

    public TransactionLookup(MerchantDirectory merchants, TransactionIdentity identity, RecordStore store)
    {
        _merchants = merchants;
        _identity = identity;
        _store = store;
    }

    public async ValueTask<(GetTransactionResponse? Response, Refusal? Refusal)> FindAsync(
        GetTransactionRequest message, CallerIdentity caller)
    {
        var refusal = Resolve(message, caller, out var transactionId);
        if (refusal is not null) return (null, refusal);

        var found = await _store.FindAsync(transactionId);
        return found.Kind switch
        {
            FindKind.Unavailable => (null, Refusal.StoreUnavailable),
            FindKind.Found when IsForeign(found.Record, caller) => (null, Refusal.TerminalNotBound),
            FindKind.Found => (Describe(transactionId, found.Record), null),
            _ => (Respond(transactionId, GetTransactionResponse.Types.State.NotFound), null),
        };
    }

    /// <summary>Whether a text has the form of a transaction id.</summary>
    internal static void CheckTransactionId(ref FaultList faults, string field, string transactionId)
    {
        if (transactionId.Length != TransactionIdLength || transactionId.AsSpan().ContainsAnyExcept(HexDigits))
            faults.Add(field, "must be 32 lower-case hexadecimal digits");
    }

    private Refusal? Resolve(GetTransactionRequest message, CallerIdentity caller, out string transactionId)
    {
        transactionId = message.TransactionId;
        var faults = new FaultList();
        switch (message.LookupCase)
        {
            case GetTransactionRequest.LookupOneofCase.TransactionId:
                CheckTransactionId(ref faults, "transaction_id", transactionId);
                return faults.Any ? Refusal.Invalid(faults.ToList()) : null;

            case GetTransactionRequest.LookupOneofCase.Key:
                var key = message.Key;
                RequestFields.CheckKey(ref faults, "key.idempotency_key", key.IdempotencyKey);
                RequestFields.CheckAcceptor(ref faults, key.MerchantId, key.TerminalId, "key.");
                if (faults.Any) return Refusal.Invalid(faults.ToList());
                transactionId = _identity.TransactionId(key.MerchantId, key.TerminalId, key.IdempotencyKey);
                return _merchants.Current.TryAdmit(key.MerchantId, key.TerminalId, out var merchant)
                    ?? caller.Refuses(merchant!, key.TerminalId);

            default:
                faults.Add("lookup", "transaction_id or key is required");
                return Refusal.Invalid(faults.ToList());
        }
    }

    // A record without an answer says nothing but that it is there, which whoever knows its id, a keyed hash, may know.
    private bool IsForeign(IdempotencyRecord record, CallerIdentity caller)
    {
        if (!caller.IsKnown || record.State != RecordState.Final) return false;
        var answer = AuthorizeResponse.Parser.ParseFrom(record.Answer.Span);
        return _merchants.Current.TryAdmit(answer.MerchantId, answer.TerminalId, out var merchant) is not null
            || caller.Refuses(merchant!, answer.TerminalId) is not null;
    }

    private static GetTransactionResponse Describe(string transactionId, IdempotencyRecord record)
    {
        // A tombstone is a reversal without an authorization: nothing was processed.
        if (record.State == RecordState.Tombstone)
        {
            var buried = Respond(transactionId, GetTransactionResponse.Types.State.NotFound);
            buried.Reversed = true;
            return buried;
        }

        if (record.State == RecordState.InFlight)
            return Respond(transactionId, GetTransactionResponse.Types.State.InProgress);

        var response = Respond(transactionId, GetTransactionResponse.Types.State.Processed);
        response.Response = AuthorizeResponse.Parser.ParseFrom(record.Answer.Span);
        response.Reversed = record.ReversalRequested || record.ReversalOwed;
        return response;
    }

    private static GetTransactionResponse Respond(string transactionId, GetTransactionResponse.Types.State state) =>
        new() { TransactionId = transactionId, State = state };
}
