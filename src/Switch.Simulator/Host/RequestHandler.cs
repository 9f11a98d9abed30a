using Switch.Iso8583;

namespace Switch.Simulator;

/// <summary>What a connection remembers between messages.</summary>
internal sealed class ConnectionSession
{
    /// <summary>Whether the peer has signed on.</summary>
    public bool IsSignedOn { get; set; }
}

/// <summary>
/// Decides what a message is answered and enters it in the books. Money moves here, when the message is read; latency
/// only delays the answer, as it does at a real host.
/// </summary>
internal sealed class RequestHandler
{
    private const string Approved = "00";
    private const string PartlyApproved = "10";
    private const string FormatError = "30";
    private const string InsufficientFunds = "51";
    private const string Malfunction = "96";

    private readonly Ledger _ledger;
    private readonly HostMeters _meters;
    private readonly TimeProvider _time;
    private readonly AnswerWriter _writer;
    private readonly NetworkHandler _network;

    public RequestHandler(IsoDialect dialect, Ledger ledger, HostMeters meters, TimeProvider time)
    {
        _ledger = ledger;
        _meters = meters;
        _time = time;
        _writer = new AnswerWriter(dialect);
        _network = new NetworkHandler(meters);
    }

    /// <summary>The reply to a message, <see cref="Reply.None"/> when there is none.</summary>
    public Reply Handle(IsoMessage message, ConnectionSession session, ScenarioRun run)
    {
        if (message.Mti.IsResponse)
        {
            Interlocked.Increment(ref _meters.UnexpectedResponses);
            return Reply.None;
        }

        Span<byte> digits = stackalloc byte[HostRequest.MaxPanDigits];
        var request = HostRequest.Read(message);
        var pan = HostRequest.ReadPan(message, digits);
        var reply = request.Kind switch
        {
            MessageKind.Unknown => Answer(message, new AnswerFields(FormatError), RuleActions.None, run),
            MessageKind.Network => AnswerNetwork(message, request, session, run),
            _ when run.Scenario.Network.RequireSignOn && !session.IsSignedOn =>
                BeforeSignOn(message, request, pan, run),
            _ => AnswerPayment(message, request, pan, run),
        };
        digits.Clear();
        return reply;
    }

    private Reply AnswerNetwork(IsoMessage message, HostRequest request, ConnectionSession session, ScenarioRun run)
    {
        var rule = run.Decide(request, default);
        var code = _network.Decide(request.NetworkCode, rule?.Then.Code, run.Scenario.Network, session);
        if (code is not null && rule?.Then.Silence is null or SilenceKind.None)
            return Answer(message, new AnswerFields(code!), rule?.Then ?? RuleActions.None, run);
        Interlocked.Increment(ref _meters.Unanswered);
        return Reply.None;
    }

    private Reply BeforeSignOn(IsoMessage message, HostRequest request, ReadOnlySpan<byte> pan, ScenarioRun run)
    {
        if (run.Scenario.Network.BeforeSignOnCode is not { } code)
        {
            Interlocked.Increment(ref _meters.Unanswered);
            return Reply.None;
        }

        var entry = _ledger.AppendTurnedAway(Draft(request, pan) with { ResponseCode = code, Note = "before sign-on" });
        return Answer(message, new AnswerFields(entry is null ? Malfunction : code), RuleActions.None, run, entry);
    }

    private Reply AnswerPayment(IsoMessage message, HostRequest request, ReadOnlySpan<byte> pan, ScenarioRun run)
    {
        var draft = Draft(request, pan);
        var books = run.Scenario.Books;
        if (MandatoryFields.Check(message, request.Kind, pan.Length, run.Scenario) is { } missing)
        {
            var refused = _ledger.AppendTurnedAway(draft with { ResponseCode = FormatError, Note = missing });
            return Answer(message, new AnswerFields(FormatError), RuleActions.None, run, refused);
        }

        // A repeat gets its first answer: the rules are not asked again, or a second send could move money after all.
        var isRepeat = request.Kind != MessageKind.Reversal && _ledger.HasDuplicate(draft, books.DuplicateMatch);
        var rule = isRepeat ? null : run.Decide(request, pan);
        var actions = rule?.Then ?? RuleActions.None;
        if (actions.Disconnect == DisconnectKind.Before || actions.Silence == SilenceKind.Lost)
        {
            Interlocked.Increment(ref _meters.Unanswered);
            return new Reply { Actions = actions };
        }

        var decided = Decided(draft with { Rule = rule?.Name, IsLate = actions.IsLate }, request.Kind, actions, run);
        var entry = request.Kind == MessageKind.Reversal
            ? AppendReversal(decided, books)
            : _ledger.Append(decided, books);
        return entry is null
            ? Answer(message, new AnswerFields(Malfunction), RuleActions.None, run)
            : Answer(message, FieldsOf(entry, books), actions, run, entry);
    }

    private LedgerEntry? AppendReversal(LedgerEntry decided, LedgerPolicy books) => decided.ResponseCode == Approved
        ? _ledger.AppendReversal(decided, books)
        : _ledger.AppendTurnedAway(decided);

    private static LedgerEntry Decided(LedgerEntry draft, MessageKind kind, RuleActions actions, ScenarioRun run)
    {
        var isAsked = kind is MessageKind.Authorization or MessageKind.Financial;
        var code = actions.Code ?? (isAsked ? run.Scenario.DefaultCode : Approved);
        var approved = draft.AmountMinor;
        if (isAsked && actions.Partial is { } share)
        {
            approved = (long)(draft.AmountMinor * share);
            code = approved > 0 ? PartlyApproved : InsufficientFunds;
        }

        if (kind == MessageKind.Reversal || code is not (Approved or PartlyApproved))
            return draft with { ResponseCode = code };
        return draft with
        {
            ResponseCode = code,
            ApprovedMinor = approved,
            ApprovalCode = isAsked ? run.ApprovalCode(draft.Rrn) : null,
        };
    }

    private AnswerFields FieldsOf(LedgerEntry entry, LedgerPolicy books)
    {
        // A repeat's own entry says that no money moved; the answer says what the first one said.
        var said = entry is { Kind: not LedgerKind.Reversal, DuplicateOf: { } first } && books.DuplicateCode is null
            ? _ledger.Get(first)
            : entry;
        return new AnswerFields(
            said.ResponseCode,
            said.ApprovalCode,
            said.ResponseCode == PartlyApproved ? said.ApprovedMinor : null,
            said.AmountMinor);
    }

    private Reply Answer(
        IsoMessage message, in AnswerFields fields, RuleActions actions, ScenarioRun run, LedgerEntry? entry = null)
    {
        if (fields.Code == FormatError) Interlocked.Increment(ref _meters.FormatErrors);
        if (actions.Silence != SilenceKind.None)
        {
            Interlocked.Increment(ref _meters.Unanswered);
            if (entry is not null) _ledger.SetDelivery(entry.Sequence, Delivery.Silent);
            return new Reply { Actions = actions };
        }

        var buffer = IsoBuffer.Rent(message.Dialect);
        if (!_writer.TryWrite(buffer, message, fields, actions, out var fault))
        {
            buffer.Dispose();
            Interlocked.Increment(ref _meters.AnswerFaults);
            _meters.Fault($"answer: {fault}");
            return Reply.None;
        }

        return new Reply
        {
            Message = buffer,
            Delay = run.Latency(actions),
            Sequence = entry?.Sequence ?? 0,
            Actions = actions,
        };
    }

    private LedgerEntry Draft(HostRequest request, ReadOnlySpan<byte> pan) => request.ToEntry(pan, _time.GetUtcNow());
}
