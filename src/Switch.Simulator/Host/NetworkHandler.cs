namespace Switch.Simulator;

/// <summary>Sign-on, sign-off and echo (DE 70, S13). Other network codes are accepted without effect.</summary>
internal sealed class NetworkHandler
{
    private const string Approved = "00";
    private const string Refused = "05";
    private const string SignOn = "001";
    private const string SignOff = "002";
    private const string Echo = "301";

    private readonly HostMeters _meters;

    public NetworkHandler(HostMeters meters) => _meters = meters;

    /// <summary>The response code, or null to keep silent. A rule's code overrules the policy.</summary>
    public string? Decide(string networkCode, string? ruleCode, NetworkPolicy policy, ConnectionSession session)
    {
        var answer = networkCode switch
        {
            SignOn => policy.SignOn,
            SignOff => policy.SignOff,
            Echo => policy.Echo,
            _ => NetworkAnswer.Accept,
        };
        var code = ruleCode ?? answer switch
        {
            NetworkAnswer.Accept => Approved,
            NetworkAnswer.Refuse => Refused,
            _ => null,
        };
        if (code == Approved) Note(networkCode, session);
        return code;
    }

    private void Note(string networkCode, ConnectionSession session)
    {
        switch (networkCode)
        {
            case SignOn:
                session.IsSignedOn = true;
                Interlocked.Increment(ref _meters.SignOns);
                break;
            case SignOff:
                session.IsSignedOn = false;
                Interlocked.Increment(ref _meters.SignOffs);
                break;
            case Echo:
                Interlocked.Increment(ref _meters.Echoes);
                break;
        }
    }
}
