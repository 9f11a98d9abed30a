using Google.Protobuf;
using Microsoft.Extensions.Logging.Abstractions;
using Switch.Contracts.V1;
using Switch.Iso8583;
using Switch.Service.Acquirers;
using Switch.Service.Authorization;
using Switch.Service.Journal.Records;
using Switch.Service.Keys;
using Switch.Service.ResponseCodes;
using Switch.Service.Tests.Authorization;
using Switch.Service.Tests.Keys;

namespace Switch.Service.Tests.Acquirers;

/// <summary>
/// Every field of a request as S13 lists them, and what a reply has to say to be an answer, in both dialects.
/// </summary>
public sealed class MessageTests : IAsyncDisposable
{
    private static readonly Dictionary<string, string> NoOwnCodes = [];
    private readonly ValidatorRig _rig = new();
    private readonly ResponseCodeTable _codes = ResponseCodeTable.LoadDefault();
    private readonly IsoLink _link =
        new(new AcquirerOptions { Endpoints = ["127.0.0.1:1"] }.ToLinkOptions(IsoDialect.Ascii1987));

    public static TheoryData<string> Dialects => ["iso1987-ascii", "iso1987-binary"];

    public ValueTask DisposeAsync()
    {
        _rig.Dispose();
        return _link.DisposeAsync();
    }

    [Theory]
    [MemberData(nameof(Dialects))]
    public void S13_ChipPurchase_CarriesEveryField(string dialect)
    {
        using var sent = Write(dialect, request =>
        {
            request.PaymentMethod.Card.Track2 = ValidatorRig.Track2;
            request.PaymentMethod.Card.PinBlock = ByteString.CopyFrom(1, 2, 3, 4, 5, 6, 7, 8);
            request.PaymentMethod.Card.SequenceNumber = 7;
            request.Capabilities = new TerminalCapabilities { PinEntry = true };
        });

        Assert.Equal(Mti.AuthorizationRequest, sent.Mti);
        var expected = new Dictionary<int, string>
        {
            [2] = ValidatorRig.Pan,
            [3] = "000000",
            [4] = "000000001290",
            [7] = "1123080000",
            [11] = "000042",
            [12] = "081409",
            [13] = "1123",
            [14] = "3012",
            [18] = "5462",
            [22] = "051",
            [23] = "007",
            [25] = "00",
            [32] = "123456",
            [35] = ValidatorRig.Track2,
            [41] = "BK000001",
            [42] = "BAKERY-BERLIN  ",
            [43] = "Baeckerei Sonnenschein   Berlin       DE",
            [49] = "978",
            [53] = "0000000000000000",
        };
        foreach (var (field, value) in expected) Assert.Equal((field, value), (field, sent.GetString(field)));
        Assert.Equal(12, sent.GetString(37)!.Length);
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8], BytesOf(sent, 52));
        Assert.Equal([0x9A, 0x03, 0x26, 0x11, 0x23], BytesOf(sent, 55));
        Assert.Equal([.. expected.Keys.Concat([37, 52, 55]).Order()], FieldsOf(sent));
    }

    [Theory]
    [InlineData(TransactionKind.Purchase, EntryMode.Chip, "0100", "000000", "052", "00")]
    [InlineData(TransactionKind.Purchase, EntryMode.Contactless, "0100", "000000", "072", "00")]
    [InlineData(TransactionKind.Purchase, EntryMode.MagneticStripe, "0100", "000000", "902", "00")]
    [InlineData(TransactionKind.Purchase, EntryMode.FallbackStripe, "0100", "000000", "802", "00")]
    [InlineData(TransactionKind.Purchase, EntryMode.Manual, "0100", "000000", "012", "00")]
    [InlineData(TransactionKind.Purchase, EntryMode.Ecommerce, "0100", "000000", "812", "59")]
    [InlineData(TransactionKind.PreAuthorization, EntryMode.Chip, "0100", "000000", "052", "06")]
    [InlineData(TransactionKind.Refund, EntryMode.Chip, "0200", "200000", "052", "00")]
    public void S13_KindAndEntryMode_DecideTypeAndCodes(
        TransactionKind kind, EntryMode mode, string mti, string processingCode, string entryMode, string condition)
    {
        using var sent = Write("iso1987-ascii", request =>
        {
            request.Kind = kind;
            request.EntryMode = mode;
            if (mode is not (EntryMode.MagneticStripe or EntryMode.FallbackStripe)) return;
            request.PaymentMethod.Card.Track2 = ValidatorRig.Track2;
        });

        Assert.Equal(
            (mti, processingCode, entryMode, condition),
            (sent.Mti.ToString(), sent.GetString(3), sent.GetString(22), sent.GetString(25)));
    }

    [Fact]
    public void S13_KindAndPurchaseMessage_DecideTheType()
    {
        var expected = new Dictionary<(TransactionKind, PurchaseMessage), Mti>
        {
            [(TransactionKind.Purchase, PurchaseMessage.Mti0100)] = Mti.AuthorizationRequest,
            [(TransactionKind.Purchase, PurchaseMessage.Mti0200)] = Mti.FinancialRequest,
            [(TransactionKind.PreAuthorization, PurchaseMessage.Mti0100)] = Mti.AuthorizationRequest,
            [(TransactionKind.PreAuthorization, PurchaseMessage.Mti0200)] = Mti.AuthorizationRequest,
            [(TransactionKind.Refund, PurchaseMessage.Mti0100)] = Mti.FinancialRequest,
            [(TransactionKind.Refund, PurchaseMessage.Mti0200)] = Mti.FinancialRequest,
        };
        foreach (var kind in Enum.GetValues<TransactionKind>().Except([TransactionKind.Unspecified]))
            foreach (var purchase in Enum.GetValues<PurchaseMessage>())
            {
                using var sent = Write("iso1987-ascii", request => request.Kind = kind, purchase);
                Assert.Equal((kind, purchase, expected[(kind, purchase)]), (kind, purchase, sent.Mti));
            }
    }

    [Fact]
    public void S13_WithoutOptionalData_LeavesItsFieldsOut()
    {
        using var sent = Write("iso1987-ascii", request =>
        {
            request.EntryMode = EntryMode.Manual;
            request.PaymentMethod.Card.EmvData = ByteString.Empty;
        });
        Assert.DoesNotContain(FieldsOf(sent), field => field is 23 or 35 or 52 or 53 or 55);
    }

    [Theory]
    [MemberData(nameof(Dialects))]
    public void Reply_ThatFits_IsTheAnswer(string dialect)
    {
        var approved = Read(dialect, []);
        Assert.Equal(
            (AttemptKind.Approved, 1290, "A1B2C3"), (approved.Kind, approved.ApprovedMinor, approved.ApprovalCode));
        Assert.Equal(AttemptKind.Declined, Read(dialect, new() { [39] = "51" }).Kind);
        var partial = Read(dialect, new() { [39] = "10", [4] = "000000000500" });
        Assert.Equal((AttemptKind.Approved, 500), (partial.Kind, partial.ApprovedMinor));
    }

    [Theory]
    [InlineData(2, "5555555555554444", "reply_echo")]
    [InlineData(3, "200000", "reply_echo")]
    [InlineData(42, "OTHER-MERCHANT", "reply_echo")]
    [InlineData(49, "840", "reply_currency")]
    [InlineData(39, "", "reply_without_code")]
    [InlineData(4, "000000001291", "reply_amount")]
    [InlineData(4, "000000001289", "reply_amount")]
    public void Reply_ThatContradictsItsRequest_LeavesTheAttemptInDoubt(int field, string value, string reason)
    {
        var result = Read("iso1987-ascii", new() { [field] = value });
        Assert.Equal((AttemptKind.SentUnknown, reason), (result.Kind, result.Reason));
    }

    [Fact]
    public void Reply_PartialThatIsNoPart_LeavesTheAttemptInDoubt()
    {
        foreach (var amount in (string[])["000000000000", "000000001290", "000000001300"])
            Assert.Equal("reply_amount", Read("iso1987-ascii", new() { [39] = "10", [4] = amount }).Reason);
    }

    [Fact]
    public void Reply_OfAnotherType_LeavesTheAttemptInDoubt() =>
        Assert.Equal("reply_type", Read("iso1987-ascii", [], Mti.FinancialResponse).Reason);

    [Fact]
    public void S14_AcquirersOwnCode_MeansWhatItIsMappedTo()
    {
        // 05 has a meaning of its own: what the acquirer's own list says of it comes first.
        var own = new Dictionary<string, string> { ["N1"] = "00", ["N2"] = "51", ["N3"] = "91", ["05"] = "92" };
        foreach (var (code, kind, meaning, next) in ((string, AttemptKind, string, NextStep)[])
            [
                ("N1", AttemptKind.Approved, "00", NextStep.Stop),
                ("N2", AttemptKind.Declined, "51", NextStep.Stop),
                ("N3", AttemptKind.Declined, "91", NextStep.TryNext),
                ("05", AttemptKind.Declined, "92", NextStep.TryNext),
                ("N4", AttemptKind.Declined, "05", NextStep.ReverseAndStop),
            ])
        {
            var result = Read("iso1987-ascii", new() { [39] = code }, ownCodes: own);
            Assert.Equal((code, kind, meaning), (result.AcquirerCode, result.Kind, result.Code!.Code));
            Assert.Equal(next, AttemptRules.Decide(result, true, TimeSpan.FromSeconds(5), acceptsPartial: false));
        }
    }

    private IsoMessage Write(
        string dialect, Action<AuthorizeRequest> change, PurchaseMessage purchase = PurchaseMessage.Mti0100)
    {
        var message = ValidatorRig.Good();
        change(message);
        var request = _rig.TryAccept(message, out var refusal);
        Assert.Null(refusal);
        using var buffer = IsoBuffer.Rent(IsoDialect.Resolve(dialect));
        var attempt = AttemptOf(request!, purchase);
        Assert.True(RequestMessage.TryWrite(buffer, request!, attempt, out var fault), fault.ToString());
        var sent = IsoMessage.Rent(buffer.Dialect);
        Assert.True(sent.TryParse(buffer.Span, out fault), fault.ToString());
        Assert.True(sent.TryValidate(out fault), fault.ToString());
        return sent;
    }

    // An approval of the good request with some fields changed; an empty value leaves the field out.
    private AttemptResult Read(
        string dialect, Dictionary<int, string> changes, Mti? mti = null, Dictionary<string, string>? ownCodes = null)
    {
        var request = _rig.TryAccept(ValidatorRig.Good(), out _)!;
        var fields = new SortedDictionary<int, string>
        {
            [2] = ValidatorRig.Pan,
            [3] = "000000",
            [4] = "000000001290",
            [38] = "A1B2C3",
            [39] = "00",
            [42] = "BAKERY-BERLIN",
            [49] = "978",
        };
        foreach (var (field, value) in changes) fields[field] = value;

        using var buffer = IsoBuffer.Rent(IsoDialect.Resolve(dialect));
        var writer = new IsoWriter(buffer, mti ?? Mti.AuthorizationResponse);
        foreach (var (field, value) in fields)
            if (value.Length > 0) writer.Text(field, value);
        Assert.True(writer.TryComplete(out var fault), fault.ToString());
        using var reply = IsoMessage.Rent(buffer.Dialect);
        Assert.True(reply.TryParse(buffer.Span, out fault), fault.ToString());
        return ReplyMessage.Read(reply, request, AttemptOf(request), _codes, ownCodes ?? NoOwnCodes);
    }

    // As the acquirer itself prepares it; but for the STAN, whose first number is any.
    private AttemptRecord AttemptOf(PaymentRequest request, PurchaseMessage purchase = PurchaseMessage.Mti0100)
    {
        var options = new AcquirerOptions { PurchaseMessage = purchase, AcquiringInstitutionId = "123456" };
        var acquirer = new Acquirer(
            "alpha", options, IsoDialect.Ascii1987, _link, new CardSealer(KeyFiles.Ring(), _rig.Time), _codes,
            _rig.Time, NullLogger.Instance);
        var attempt = acquirer.Prepare(request, new TransactionEvent(), number: 1);
        attempt.Stan = 42;
        return attempt;
    }

    private static List<int> FieldsOf(IsoMessage message)
    {
        var fields = new List<int>();
        for (var field = message.NextField(1); field > 0; field = message.NextField(field)) fields.Add(field);
        return fields;
    }

    private static byte[] BytesOf(IsoMessage message, int field)
    {
        var bytes = new byte[message.LengthOf(field)];
        Assert.True(message.TryGetBytes(field, bytes, out _));
        return bytes;
    }
}
