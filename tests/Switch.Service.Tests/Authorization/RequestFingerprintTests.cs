using Google.Protobuf;
using Switch.Contracts.V1;
using Switch.Service.Keys;

namespace Switch.Service.Tests.Authorization;

/// <summary>Which fields make two requests the same payment (S3), and which may change on an honest repeat.</summary>
public sealed class RequestFingerprintTests : IDisposable
{
    private static readonly Dictionary<string, Action<AuthorizeRequest>> OtherPayment = new()
    {
        ["kind"] = request => request.Kind = TransactionKind.PreAuthorization,
        ["card number"] = request => request.PaymentMethod.Card.Pan = "4012888888881881",
        ["amount"] = request => request.Amount.AmountMinor++,
        ["currency"] = request => request.Amount.Currency = "CHF",
        ["entry mode"] = request => request.EntryMode = EntryMode.Contactless,
        ["terminal"] = request => request.TerminalId = "BK000002",
        ["stan"] = request => request.Stan++,
        ["local date"] = request => request.LocalDateTime.Day--,
        ["local time"] = request => request.LocalDateTime.Second++,
        ["batch"] = request => request.BatchNumber++,
    };

    private static readonly Dictionary<string, Action<AuthorizeRequest>> HonestRepeat = new()
    {
        ["nothing"] = _ => { },
        ["PIN block"] = request =>
            request.PaymentMethod.Card.PinBlock = ByteString.CopyFrom(1, 2, 3, 4, 5, 6, 7, 8),
        ["cryptogram"] = request =>
            request.PaymentMethod.Card.EmvData = ByteString.CopyFrom(0x9F, 0x26, 0x02, 0xAB, 0xCD),
        ["capabilities"] = request => request.Capabilities = new TerminalCapabilities { PartialApproval = true },
        ["key"] = request => request.IdempotencyKey = "another",
    };

    private readonly ValidatorRig _rig = new();

    public static TheoryData<string> OtherPayments => [.. OtherPayment.Keys];

    public static TheoryData<string> HonestRepeats => [.. HonestRepeat.Keys];

    public void Dispose() => _rig.Dispose();

    [Theory]
    [MemberData(nameof(OtherPayments))]
    public void S3_ABusinessFieldChanged_IsAnotherPayment(string field) =>
        Assert.NotEqual(FingerprintOf(_ => { }), FingerprintOf(OtherPayment[field]));

    [Theory]
    [MemberData(nameof(HonestRepeats))]
    public void S3_WhatChangesOnARepeat_LeavesItTheSamePayment(string field) =>
        Assert.Equal(FingerprintOf(_ => { }), FingerprintOf(HonestRepeat[field]));

    private RequestFingerprint FingerprintOf(Action<AuthorizeRequest> change)
    {
        var request = ValidatorRig.Good();
        change(request);
        var payment = _rig.TryAccept(request, out var refusal);
        Assert.Null(refusal);
        return payment!.Fingerprint;
    }
}
