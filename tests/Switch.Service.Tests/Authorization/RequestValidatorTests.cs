using Switch.Contracts.V1;
using Switch.Service.Authorization;

namespace Switch.Service.Tests.Authorization;

/// <summary>Every rule for the fields that are not the card's, at its boundaries.</summary>
public sealed class RequestValidatorTests : IDisposable
{
    private readonly ValidatorRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void TryAccept_GoodRequest_DerivesWhatThePaymentNeeds()
    {
        var request = ValidatorRig.Good();
        var payment = _rig.TryAccept(request, out var refusal);

        Assert.Null(refusal);
        Assert.NotNull(payment);
        Assert.Equal((request.IdempotencyKey, "BK000001", 101), (
            payment.IdempotencyKey, payment.TerminalId, payment.TerminalStan));
        Assert.Equal((1290L, "EUR", "5462"), (payment.AmountMinor, payment.Currency.Code, payment.Mcc));
        Assert.Equal(("2026-11-23", -1, false), (
            payment.BusinessDate, payment.CardSequenceNumber, payment.AcceptsPartialApproval));
        Assert.Equal(new DateTime(2026, 11, 23, 8, 14, 9), payment.LocalTime);
        Assert.Equal(_rig.Time.GetUtcNow(), payment.AcceptedAt);
        Assert.Equal(payment.TransactionId, _rig.TryAccept(request, out _)!.TransactionId);
    }

    [Fact]
    public void Faults_OfAnEmptyRequest_AreAllNamedAtOnce()
    {
        Assert.Null(_rig.TryAccept(new AuthorizeRequest(), out var refusal));
        Assert.Equal(
            ["amount", "entry_mode", "idempotency_key", "kind", "local_date_time", "merchant_id", "payment_method",
                "stan", "terminal_id"],
            refusal!.Faults.Select(fault => fault.Field).Order());
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, true)]
    [InlineData(64, true)]
    [InlineData(65, false)]
    public void IdempotencyKey_HasOneTo64Characters(int length, bool valid) =>
        AssertValid(valid, "idempotency_key", request => request.IdempotencyKey = new string('k', length));

    [Theory]
    [InlineData("a b")]
    [InlineData("a/b")]
    [InlineData("ключ")]
    [InlineData("a\0b")]
    public void IdempotencyKey_OtherCharacters_AreRefused(string key) =>
        AssertValid(false, "idempotency_key", request => request.IdempotencyKey = key);

    [Theory]
    [InlineData("")]
    [InlineData("1234567890123456")]
    [InlineData(" BAKERY")]
    [InlineData("BAKERY ")]
    [InlineData("BÄCKEREI")]
    [InlineData("BAKERY\n")]
    public void MerchantId_OutsideItsForm_IsAFault(string id) =>
        AssertValid(false, "merchant_id", request => request.MerchantId = id);

    [Theory]
    [InlineData("")]
    [InlineData("BK0000011")]
    [InlineData(" BK00001")]
    [InlineData("BK\u007F")]
    public void TerminalId_OutsideItsForm_IsAFault(string id) =>
        AssertValid(false, "terminal_id", request => request.TerminalId = id);

    [Theory]
    [InlineData("NOBODY", "BK000001", RefusalReason.MerchantUnknown)]
    [InlineData("bakery-berlin", "BK000001", RefusalReason.MerchantUnknown)]
    [InlineData("BAKERY-BERLIN", "MP000001", RefusalReason.TerminalUnknown)]
    [InlineData("BAKERY-BERLIN", "bk000001", RefusalReason.TerminalUnknown)]
    internal void UnknownAcceptor_IsRefused_OnceTheRequestIsWellFormed(
        string merchant, string terminal, RefusalReason reason)
    {
        var request = ValidatorRig.Good();
        (request.MerchantId, request.TerminalId) = (merchant, terminal);
        Assert.Null(_rig.TryAccept(request, out var refusal));
        Assert.Equal(reason, refusal!.Reason);

        request.Stan = 0;
        Assert.Null(_rig.TryAccept(request, out refusal));
        Assert.Equal(RefusalReason.InvalidRequest, refusal!.Reason);
    }

    [Theory]
    [InlineData(-1, false)]
    [InlineData(0, false)]
    [InlineData(1, true)]
    [InlineData(999_999, true)]
    [InlineData(1_000_000, false)]
    [InlineData(int.MinValue, false)]
    public void Stan_Is1To999999(int stan, bool valid) => AssertValid(valid, "stan", request => request.Stan = stan);

    [Theory]
    [InlineData(-1, false)]
    [InlineData(0, true)]
    [InlineData(999_999, true)]
    [InlineData(1_000_000, false)]
    public void BatchNumber_Is0To999999(int batch, bool valid) =>
        AssertValid(valid, "batch_number", request => request.BatchNumber = batch);

    [Theory]
    [InlineData(long.MinValue, false)]
    [InlineData(-1, false)]
    [InlineData(0, false)]
    [InlineData(1, true)]
    [InlineData(999_999_999_999, true)]
    [InlineData(1_000_000_000_000, false)]
    [InlineData(long.MaxValue, false)]
    public void Amount_FitsDe4(long amount, bool valid) =>
        AssertValid(valid, "amount.amount_minor", request => request.Amount.AmountMinor = amount);

    [Theory]
    [InlineData("EUR", true)]
    [InlineData("JPY", true)]
    [InlineData("", false)]
    [InlineData("eur", false)]
    [InlineData("EURO", false)]
    [InlineData("ZZZ", false)]
    [InlineData("978", false)]
    public void Currency_IsOfIso4217(string currency, bool valid) =>
        AssertValid(valid, "amount.currency", request => request.Amount.Currency = currency);

    [Theory]
    [InlineData("", true)]
    [InlineData("5411", true)]
    [InlineData("0000", true)]
    [InlineData("541", false)]
    [InlineData("54111", false)]
    [InlineData("54I1", false)]
    [InlineData("٥٤١١", false)]
    public void MccOverride_IsFourDigitsOrNothing(string mcc, bool valid) =>
        AssertValid(valid, "mcc_override", request => request.MccOverride = mcc);

    [Fact]
    public void MccOverride_TakesThePlaceOfTheMerchants()
    {
        var request = ValidatorRig.Good();
        request.MccOverride = "7995";
        Assert.Equal("7995", _rig.TryAccept(request, out _)!.Mcc);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    [InlineData(99)]
    [InlineData(-1)]
    public void Kind_UnsetOrUnknown_IsAFault(int kind) =>
        AssertValid(false, "kind", request => request.Kind = (TransactionKind)kind);

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(99)]
    [InlineData(-1)]
    public void EntryMode_UnsetOrUnknown_IsAFault(int mode) =>
        AssertValid(false, "entry_mode", request => request.EntryMode = (EntryMode)mode);

    [Theory]
    [InlineData(2028, 2, 29, 0, 0, 0, true)]
    [InlineData(2027, 2, 29, 0, 0, 0, false)]
    [InlineData(2000, 2, 29, 23, 59, 59, true)]
    [InlineData(1999, 12, 31, 0, 0, 0, false)]
    [InlineData(2099, 12, 31, 0, 0, 0, true)]
    [InlineData(2100, 1, 1, 0, 0, 0, false)]
    [InlineData(2026, 0, 1, 0, 0, 0, false)]
    [InlineData(2026, 13, 1, 0, 0, 0, false)]
    [InlineData(2026, 4, 0, 0, 0, 0, false)]
    [InlineData(2026, 4, 31, 0, 0, 0, false)]
    [InlineData(2026, 4, 30, 24, 0, 0, false)]
    [InlineData(2026, 4, 30, 0, 60, 0, false)]
    [InlineData(2026, 4, 30, 0, 0, 60, false)]
    [InlineData(2026, 4, 30, -1, 0, 0, false)]
    [InlineData(int.MinValue, int.MaxValue, int.MinValue, int.MaxValue, int.MinValue, int.MaxValue, false)]
    public void LocalDateTime_IsAMomentOfTheCalendar(
        int year, int month, int day, int hour, int minute, int second, bool valid)
    {
        var faults = _rig.FaultsOf(request =>
        {
            request.LocalDateTime = new LocalDateTime
            {
                Year = year,
                Month = month,
                Day = day,
                Hour = hour,
                Minute = minute,
                Second = second
            };
            // Valid longer than any of these dates.
            (request.PaymentMethod.Card.ExpiryYear, request.PaymentMethod.Card.ExpiryMonth) = (2099, 12);
        });
        Assert.Equal(valid ? [] : ["local_date_time"], faults.Distinct());
    }

    [Fact]
    public void Faults_RepeatNoValue()
    {
        const string secret = "4929-SECRET-7777";
        var request = ValidatorRig.Good();
        request.IdempotencyKey = secret + " " + new string('9', 80);
        request.MerchantId = secret + "é";
        request.TerminalId = secret;
        request.Amount.Currency = secret;
        request.MccOverride = secret;
        request.PaymentMethod.Card.Pan = secret;
        request.PaymentMethod.Card.Track2 = secret;
        request.PaymentMethod.Card.ExpiryYear = 4929;
        request.PaymentMethod.Card.EmvData = Google.Protobuf.ByteString.CopyFromUtf8(secret);
        request.PaymentMethod.Card.PinBlock = Google.Protobuf.ByteString.CopyFromUtf8(secret);

        Assert.Null(_rig.TryAccept(request, out var refusal));
        Assert.True(refusal!.Faults.Count >= 9);
        var status = RefusalStatus.Of(refusal);
        var said = status.Message + string.Concat(refusal.Faults.Select(fault => fault.Field + fault.Description));
        Assert.DoesNotContain("4929", said, StringComparison.Ordinal);
        Assert.DoesNotContain("SECRET", said, StringComparison.Ordinal);
        Assert.DoesNotContain("7777", said, StringComparison.Ordinal);
    }

    private void AssertValid(bool valid, string field, Action<AuthorizeRequest> change)
    {
        var request = ValidatorRig.Good();
        change(request);
        _rig.TryAccept(request, out var refusal);
        // The acceptor of a valid form may still be unknown; that is not a fault of the field.
        Assert.Equal(valid ? [] : [field], refusal is null ? [] : refusal.Faults.Select(fault => fault.Field));
    }
}
