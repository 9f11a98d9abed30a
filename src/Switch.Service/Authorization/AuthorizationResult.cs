using Switch.Contracts.V1;

namespace Switch.Service.Authorization;

/// <summary>What the pipeline says: an answer, or a refusal. Exactly one of the two is set.</summary>
internal readonly struct AuthorizationResult
{
    private AuthorizationResult(AuthorizeResponse? answer, Refusal? refusal)
    {
        Answer = answer;
        Refusal = refusal;
    }

    public AuthorizeResponse? Answer { get; }

    public Refusal? Refusal { get; }

    public static implicit operator AuthorizationResult(AuthorizeResponse answer) => new(answer, null);

    public static implicit operator AuthorizationResult(Refusal refusal) => new(null, refusal);
}
