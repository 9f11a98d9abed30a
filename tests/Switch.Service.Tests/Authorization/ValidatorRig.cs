using Google.Protobuf;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Switch.Contracts.V1;
using Switch.Service.Authorization;
using Switch.Service.Keys;
using Switch.Service.Merchants;
using Switch.Service.Tests.Keys;
using Switch.Service.Tests.Routes;

namespace Switch.Service.Tests.Authorization;

/// <summary>A validator over the sample merchants, and a request that it accepts.</summary>
internal sealed class ValidatorRig : IDisposable
{
    public const string Pan = "4111111111111111";
    public const string Track2 = "4111111111111111=30122010000000000000";
    private readonly MerchantDirectory _merchants;
    private readonly RequestValidator _validator;

    public ValidatorRig()
    {
        Time = new FakeTimeProvider(new DateTimeOffset(2026, 11, 23, 8, 0, 0, TimeSpan.Zero));
        _merchants = new MerchantDirectory(
            RepositoryFiles.PathOf("samples/merchants.yaml"), Time, NullLogger<MerchantDirectory>.Instance);
        _validator = new RequestValidator(
            _merchants, new TransactionIdentity(KeyFiles.Ring()), new BusinessCalendar(new BusinessDayOptions()), Time);
    }

    public FakeTimeProvider Time { get; }

    public static AuthorizeRequest Good() => new()
    {
        IdempotencyKey = "pos-7.2026:000_1",
        MerchantId = "BAKERY-BERLIN",
        TerminalId = "BK000001",
        Stan = 101,
        LocalDateTime = new LocalDateTime { Year = 2026, Month = 11, Day = 23, Hour = 8, Minute = 14, Second = 9 },
        Amount = new Contracts.V1.Money { AmountMinor = 1290, Currency = "EUR" },
        Kind = TransactionKind.Purchase,
        EntryMode = EntryMode.Chip,
        PaymentMethod = new PaymentMethod
        {
            Card = new Card
            {
                Pan = Pan,
                ExpiryMonth = 12,
                ExpiryYear = 2030,
                EmvData = ByteString.CopyFrom(0x9A,
                0x03, 0x26, 0x11, 0x23)
            },
        },
    };

    public PaymentRequest? TryAccept(AuthorizeRequest request, out Refusal? refusal) =>
        _validator.TryAccept(request, out refusal);

    /// <summary>The paths of all faults of a changed good request; empty when it is accepted.</summary>
    public IReadOnlyList<string> FaultsOf(Action<AuthorizeRequest> change)
    {
        var request = Good();
        change(request);
        if (TryAccept(request, out var refusal) is not null) return [];
        Assert.Equal(RefusalReason.InvalidRequest, refusal!.Reason);
        Assert.All(refusal.Faults, fault => Assert.NotEmpty(fault.Description));
        return [.. refusal.Faults.Select(fault => fault.Field)];
    }

    public void Dispose() => _merchants.Dispose();
}
