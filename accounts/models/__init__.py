from accounts.models.token import Scope, Token
from accounts.models.user import User

__all__ = ["Scope", "Token", "User"]
