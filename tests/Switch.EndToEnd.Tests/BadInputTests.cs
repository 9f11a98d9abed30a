using Google.Protobuf;
using Google.Rpc;
using Grpc.Core;
using Switch.Contracts.V1;

namespace Switch.EndToEnd.Tests;

/// <summary>Bad input over a real channel: every fault named, and nothing claimed, journalled or sent.</summary>
public sealed class BadInputTests : IClassFixture<BadInputTests.Fixture>
{
    private readonly SwitchUnderTest _switch;

    public BadInputTests(Fixture fixture) => _switch = fixture.Switch;

    public static TheoryData<string, string> Faults() => new()
    {
        { "key", "idempotency_key" },
        { "long key", "idempotency_key" },
        { "luhn", "payment_method.card.pan" },
        { "short pan", "payment_method.card.pan" },
        { "long pan", "payment_method.card.pan" },
        { "letters in pan", "payment_method.card.pan" },
        { "expired", "payment_method.card.expiry_year" },
        { "month 13", "payment_method.card.expiry_month" },
        { "currency", "amount.currency" },
        { "zero", "amount.amount_minor" },
        { "negative", "amount.amount_minor" },
        { "huge", "amount.amount_minor" },
        { "long merchant", "merchant_id" },
        { "long terminal", "terminal_id" },
        { "emv", "payment_method.card.emv_data" },
        { "emv too long", "payment_method.card.emv_data" },
        { "no emv", "payment_method.card.emv_data" },
        { "pin block", "payment_method.card.pin_block" },
        { "track2", "payment_method.card.track2" },
        { "february 30", "local_date_time" },
        { "no payment", "payment_method" },
        { "no kind", "kind" },
        { "future kind", "kind" },
        { "mcc", "mcc_override" },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Authorize_OneFault_IsInvalidArgumentThatNamesTheField(string fault, string field)
    {
        var request = Payments.Purchase();
        Break(request, fault);

        var (code, reason, error) = await _switch.RefusedAsync(request);

        Assert.Equal((StatusCode.InvalidArgument, "INVALID_REQUEST"), (code, reason));
        var violation = Assert.Single(error.GetRpcStatus()!.GetDetail<BadRequest>().FieldViolations);
        Assert.Equal(field, violation.Field);
        AssertNothingHappened();
    }

    [Fact]
    public async Task Authorize_Empty_NamesEveryRequiredField()
    {
        var (_, _, error) = await _switch.RefusedAsync(new AuthorizeRequest());
        var fields = error.GetRpcStatus()!.GetDetail<BadRequest>().FieldViolations.Select(v => v.Field);
        Assert.Equal(
            [
                "amount", "entry_mode", "idempotency_key", "kind", "local_date_time", "merchant_id", "payment_method",
                "stan",
                "terminal_id",
            ],
            fields.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("NOBODY", "BK000001", "MERCHANT_UNKNOWN")]
    [InlineData("BAKERY-BERLIN", "MP000001", "TERMINAL_UNKNOWN")]
    public async Task Authorize_UnknownMerchantOrTerminal_IsPermissionDenied(
        string merchant, string terminal, string expected)
    {
        var request = Payments.Purchase();
        request.MerchantId = merchant;
        request.TerminalId = terminal;

        var (code, reason, _) = await _switch.RefusedAsync(request);

        Assert.Equal((StatusCode.PermissionDenied, expected), (code, reason));
        AssertNothingHappened();
    }

    [Fact]
    public async Task Authorize_MessageOverTheBound_IsRefused()
    {
        var request = Payments.Purchase();
        request.PaymentMethod.Card.EmvData = ByteString.CopyFrom(new byte[100_000]);
        var (code, _, _) = await _switch.RefusedAsync(request);
        Assert.Equal(StatusCode.ResourceExhausted, code);
        AssertNothingHappened();
    }

    private void AssertNothingHappened()
    {
        Assert.Equal(
            (0, 0, 0), (_switch.Journal.OpenIntents, _switch.Journal.OutboxDepth, _switch.Journal.PendingAdvices));
        Assert.Empty(_switch.Sandbox.Alpha.Ledger.Entries());
        Assert.Empty(_switch.Sandbox.Beta.Ledger.Entries());
        using var store = StackExchange.Redis.ConnectionMultiplexer.Connect(_switch.Sandbox.Store);
        // Beside the records stand the instances that are alive, and the canary.
        Assert.DoesNotContain(
            store.GetServers()[0].Keys(pattern: "cs:*"),
            key => !key.ToString().StartsWith("cs:{peers}", StringComparison.Ordinal));
    }

    private static void Break(AuthorizeRequest request, string fault)
    {
        var card = request.PaymentMethod.Card;
        switch (fault)
        {
            case "key": request.IdempotencyKey = ""; break;
            case "long key": request.IdempotencyKey = new string('k', 65); break;
            case "luhn": card.Pan = "4111111111111112"; break;
            case "short pan": card.Pan = "41111111111"; break;
            case "long pan": card.Pan = "41111111111111111111"; break;
            case "letters in pan": card.Pan = "4111x11111111111"; break;
            case "expired": (card.ExpiryYear, card.ExpiryMonth) = (2026, 10); break;
            case "month 13": card.ExpiryMonth = 13; break;
            case "currency": request.Amount.Currency = "EURO"; break;
            case "zero": request.Amount.AmountMinor = 0; break;
            case "negative": request.Amount.AmountMinor = -1; break;
            case "huge": request.Amount.AmountMinor = 1_000_000_000_000; break;
            case "long merchant": request.MerchantId = "BAKERY-BERLIN-12"; break;
            case "long terminal": request.TerminalId = "BK0000001"; break;
            case "emv": card.EmvData = ByteString.CopyFrom(0x9F, 0x26, 0x08, 0x01); break;
            case "emv too long": card.EmvData = ByteString.CopyFrom(new byte[256]); break;
            case "no emv": card.EmvData = ByteString.Empty; break;
            case "pin block": card.PinBlock = ByteString.CopyFrom(1, 2, 3); break;
            case "track2": card.Track2 = "4111111111111111301220100000"; break;
            case "february 30": (request.LocalDateTime.Month, request.LocalDateTime.Day) = (2, 30); break;
            case "no payment": request.PaymentMethod = null; break;
            case "no kind": request.Kind = TransactionKind.Unspecified; break;
            case "future kind": request.Kind = (TransactionKind)14; break;
            case "mcc": request.MccOverride = "54A1"; break;
            default: throw new ArgumentOutOfRangeException(nameof(fault), fault, "no such case");
        }
    }

    public sealed class Fixture : IAsyncLifetime
    {
        internal SwitchUnderTest Switch { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Switch = await SwitchUnderTest.StartAsync();

        public ValueTask DisposeAsync() => Switch.DisposeAsync();
    }
}
